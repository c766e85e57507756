namespace ThreatWatch.Platform.Storage;

/// <summary>Where each source was read to; saved in the transaction that stores what was read.</summary>
public sealed class CursorStore(Database database)
{
    /// <summary>The saved value, which only the source's reader understands; null for a source never read.</summary>
    public async Task<string?> FindAsync(string sourceId, CancellationToken cancellationToken)
    {
        var rows = await database.QueryAsync(
            "select value from cursors where source_id = @id", reader => reader.GetString(0), cancellationToken, ("@id", sourceId));
        return rows.FirstOrDefault();
    }

    public static Task SaveAsync(UnitOfWork work, string sourceId, string value, DateTimeOffset now, CancellationToken cancellationToken) =>
        work.ExecuteAsync(
            "insert into cursors (source_id, value, saved_at) values (@id, @value, @now) "
            + "on conflict (source_id) do update set value = excluded.value, saved_at = excluded.saved_at",
            cancellationToken,
            ("@id", sourceId),
            ("@value", value),
            ("@now", now));
}
