namespace ThreatWatch.Platform.Storage;

/// <summary>The table of legal holds: placed and ended by people, each time with a row in the audit.</summary>
public sealed class LegalHoldStore(Database database, TimeProvider time)
{
    /// <summary>True for a post "p" that some hold in force covers; needs @now.</summary>
    internal const string Covered =
        "exists (select 1 from holds h where h.ended_at is null and (h.until_at is null or h.until_at > @now) and (h.source_id is null or h.source_id = p.source_id) "
        + "and (h.post_id is null or h.post_id = p.id) and (h.school_id is null or p.schools like '%\"schoolId\":\"' || h.school_id || '\"%'))";

    public async Task AddAsync(LegalHold hold, CancellationToken cancellationToken)
    {
        await using var work = await database.BeginAsync(cancellationToken);
        await work.ExecuteAsync(
            "insert into holds (id, source_id, school_id, post_id, reason, placed_by, placed_at, until_at) values (@id, @source, @school, @post, @reason, @by, @at, @until)",
            cancellationToken,
            ("@id", hold.Id),
            ("@source", hold.SourceId),
            ("@school", hold.SchoolId),
            ("@post", hold.PostId),
            ("@reason", hold.Reason),
            ("@by", hold.PlacedBy),
            ("@at", hold.PlacedAt),
            ("@until", Sql.Micros(hold.UntilAt)));
        await AuditLog.AddAsync(work, time.GetUtcNow(), hold.PlacedBy, "hold.placed", hold.Id, $"{hold.Scope}, {(hold.UntilAt is { } until ? $"until {until:u}" : "until it is ended")}: {hold.Reason}", cancellationToken);
        await work.CommitAsync(cancellationToken);
    }

    /// <summary>Ends a hold now; false where it is unknown or over.</summary>
    public async Task<bool> EndAsync(string id, string by, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await using var work = await database.BeginAsync(cancellationToken);
        if (await work.ExecuteAsync(
            "update holds set ended_at = @now where id = @id and ended_at is null and (until_at is null or until_at > @now)", cancellationToken, ("@now", now), ("@id", id)) == 0)
            return false;
        await AuditLog.AddAsync(work, now, by, "hold.ended", id, "", cancellationToken);
        await work.CommitAsync(cancellationToken);
        return true;
    }

    /// <summary>Those in force, oldest first.</summary>
    public async Task<IReadOnlyList<LegalHold>> ListAsync(CancellationToken cancellationToken) =>
        await database.QueryAsync(
            "select id, source_id, school_id, post_id, reason, placed_by, placed_at, until_at from holds where ended_at is null and (until_at is null or until_at > @now) order by placed_at, id",
            reader => new LegalHold(
                reader.GetString(0), reader.TextOrNull(1), reader.TextOrNull(2), reader.TextOrNull(3), reader.GetString(4), reader.GetString(5), reader.Instant(6), reader.InstantOrNull(7)),
            cancellationToken,
            ("@now", time.GetUtcNow()));
}

/// <summary>Posts that must be kept whatever their days: those that fit every part of the scope that is given, stored before or after.</summary>
/// <param name="UntilAt">Null for until somebody ends it.</param>
public sealed record LegalHold(
    string Id, string? SourceId, string? SchoolId, string? PostId, string Reason, string PlacedBy, DateTimeOffset PlacedAt, DateTimeOffset? UntilAt)
{
    /// <summary>For people, such as "posts of town-feed about cedar".</summary>
    public string Scope => PostId is not null
        ? $"post {PostId}"
        : $"{(SourceId is null ? "all posts" : $"posts of {SourceId}")}{(SchoolId is null ? "" : $" about {SchoolId}")}";
}
