namespace ThreatWatch.Platform.Storage;

/// <summary>The table of troubles with the chain itself: what is known, and what the operators were told of it.</summary>
public sealed class TroubleStore(Database database)
{
    public async Task<IReadOnlyList<KnownTrouble>> AllAsync(CancellationToken cancellationToken) =>
        await database.QueryAsync(
            "select key, what, since_at, seen_at, told_at, tellings, telling_until from watch_troubles order by since_at, key",
            reader => new KnownTrouble(
                reader.GetString(0), reader.GetString(1), reader.Instant(2), reader.Instant(3), reader.InstantOrNull(4), reader.Int(5), reader.InstantOrNull(6)),
            cancellationToken);

    /// <summary>The trouble is still there, in these words.</summary>
    public static Task SeenAsync(UnitOfWork work, string key, string what, DateTimeOffset now, CancellationToken cancellationToken) =>
        work.ExecuteAsync(
            "update watch_troubles set seen_at = @now, what = @what where key = @key", cancellationToken, ("@now", now), ("@what", what), ("@key", key));

    /// <summary>True where this process is the one to tell of it now; a trouble that is new is recorded.</summary>
    /// <param name="tellings">How often it was told when that was decided, 0 for one that is new.</param>
    public static async Task<bool> ClaimAsync(
        UnitOfWork work, string key, string what, DateTimeOffset since, int tellings, DateTimeOffset now, DateTimeOffset until, CancellationToken cancellationToken) =>
        await work.ExecuteAsync(
            "insert into watch_troubles (key, what, since_at, seen_at, tellings, telling_until) values (@key, @what, @since, @now, 0, @until) "
            + "on conflict (key) do update set telling_until = excluded.telling_until "
            + "where watch_troubles.tellings = @tellings and (watch_troubles.telling_until is null or watch_troubles.telling_until <= @now)",
            cancellationToken,
            ("@key", key),
            ("@what", what),
            ("@since", since),
            ("@now", now),
            ("@until", until),
            ("@tellings", tellings)) == 1;

    /// <summary>An operator was reached.</summary>
    public static Task ToldAsync(UnitOfWork work, string key, DateTimeOffset now, CancellationToken cancellationToken) =>
        work.ExecuteAsync(
            "update watch_troubles set told_at = @now, tellings = tellings + 1, telling_until = null where key = @key", cancellationToken, ("@now", now), ("@key", key));

    public static Task RemoveAsync(UnitOfWork work, string key, CancellationToken cancellationToken) =>
        work.ExecuteAsync("delete from watch_troubles where key = @key", cancellationToken, ("@key", key));
}

/// <summary>A trouble as recorded.</summary>
/// <param name="SeenAt">When it was last there.</param>
/// <param name="ToldAt">When an operator was last told of it; null while nobody was.</param>
/// <param name="TellingUntil">Until then a process is busy telling.</param>
public sealed record KnownTrouble(
    string Key, string What, DateTimeOffset SinceAt, DateTimeOffset SeenAt, DateTimeOffset? ToldAt, int Tellings, DateTimeOffset? TellingUntil);
