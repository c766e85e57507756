namespace ThreatWatch.Platform.Storage;

/// <summary>The configured sources with their permissions: written by Ingest, whose settings they are, and read where people and the watch look.</summary>
public sealed class SourceRegisterStore(Database database)
{
    /// <summary>Replaces the register. Sources that are no longer configured leave it; what was stored of them stays.</summary>
    public async Task ReplaceAsync(IReadOnlyList<RegisteredSource> sources, CancellationToken cancellationToken)
    {
        await using var work = await database.BeginAsync(cancellationToken);
        // Several ingest processes may write the same list at once: one after the other.
        if (work.Dialect.SkipLocked.Length > 0)
            await work.ExecuteAsync("lock table source_register in share row exclusive mode", cancellationToken);
        await work.ExecuteAsync("delete from source_register", cancellationToken);
        await work.InsertManyAsync(Plan, sources, cancellationToken);
        await work.CommitAsync(cancellationToken);
    }

    /// <summary>All of them, by name.</summary>
    public async Task<IReadOnlyList<RegisteredSource>> AllAsync(CancellationToken cancellationToken) =>
        await database.QueryAsync(
            "select source_id, name, type, place, legal_basis, permission, reviewed_on, review_due_on, retention_days from source_register order by name, source_id",
            reader => new RegisteredSource(
                reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetString(4), reader.GetString(5),
                DateOnly.Parse(reader.GetString(6), null), DateOnly.Parse(reader.GetString(7), null), reader.Int(8)),
            cancellationToken);

    private static readonly InsertPlan<RegisteredSource> Plan = new("source_register", "source_id",
    [
        new("source_id", typeof(string), row => row.SourceId),
        new("name", typeof(string), row => row.Name),
        new("type", typeof(string), row => row.Type),
        new("place", typeof(string), row => row.Place),
        new("legal_basis", typeof(string), row => row.LegalBasis),
        new("permission", typeof(string), row => row.Permission),
        new("reviewed_on", typeof(string), row => row.ReviewedOn.ToString("yyyy-MM-dd", null)),
        new("review_due_on", typeof(string), row => row.ReviewDueOn.ToString("yyyy-MM-dd", null)),
        new("retention_days", typeof(long), row => (long)row.RetentionDays),
    ]);
}

/// <summary>A source and the permission to read it.</summary>
/// <param name="Place">Host, file or folder.</param>
public sealed record RegisteredSource(
    string SourceId, string Name, string Type, string Place, string LegalBasis, string Permission, DateOnly ReviewedOn, DateOnly ReviewDueOn, int RetentionDays)
{
    /// <summary>A warning, not a reason to stop reading.</summary>
    public bool IsReviewOverdue(DateTimeOffset now) => DateOnly.FromDateTime(now.UtcDateTime) > ReviewDueOn;
}
