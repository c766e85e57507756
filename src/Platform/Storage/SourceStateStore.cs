namespace ThreatWatch.Platform.Storage;

/// <summary>How each source does and which process reads it, so that several processes share the sources and people see which one ails.</summary>
public sealed class SourceStateStore(Database database)
{
    /// <summary>Takes or renews the right to read a source; false while another process holds it.</summary>
    public async Task<bool> LeaseAsync(string sourceId, string holder, DateTimeOffset now, DateTimeOffset until, CancellationToken cancellationToken) =>
        await database.ExecuteAsync(
            "insert into source_leases (source_id, holder, until_at) values (@id, @holder, @until) on conflict (source_id) do update "
            + "set holder = excluded.holder, until_at = excluded.until_at where source_leases.holder = excluded.holder or source_leases.until_at < @now",
            cancellationToken,
            ("@id", sourceId),
            ("@holder", holder),
            ("@until", until),
            ("@now", now)) == 1;

    /// <summary>Gives back all that a process holds, so that another takes over at once.</summary>
    public Task ReleaseAsync(string holder, CancellationToken cancellationToken) =>
        database.ExecuteAsync("delete from source_leases where holder = @holder", cancellationToken, ("@holder", holder));

    public Task SucceededAsync(string sourceId, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.ExecuteAsync(
            "insert into source_states (source_id, read_at, succeeded_at, failures) values (@id, @now, @now, 0) on conflict (source_id) do update "
            + "set read_at = excluded.read_at, succeeded_at = excluded.succeeded_at, failing_since = null, failures = 0, why = null",
            cancellationToken,
            ("@id", sourceId),
            ("@now", now));

    public async Task FailedAsync(string sourceId, string why, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var work = await database.BeginAsync(cancellationToken);
        await work.ExecuteAsync(
            "insert into source_states (source_id, read_at, failing_since, failures, why) values (@id, @now, @now, 1, @why) on conflict (source_id) do update "
            + "set read_at = excluded.read_at, failing_since = coalesce(source_states.failing_since, excluded.failing_since), "
            + "failures = source_states.failures + 1, why = excluded.why",
            cancellationToken,
            ("@id", sourceId),
            ("@now", now),
            ("@why", why));
        await CounterStore.AddAsync(work, sourceId, "failures", 1, now, cancellationToken);
        await work.CommitAsync(cancellationToken);
    }

    /// <summary>All sources that were ever read.</summary>
    public async Task<IReadOnlyList<SourceState>> AllAsync(CancellationToken cancellationToken) =>
        await database.QueryAsync(
            "select source_id, read_at, succeeded_at, failing_since, failures, why from source_states order by source_id",
            reader => new SourceState(
                reader.GetString(0), reader.Instant(1), reader.InstantOrNull(2), reader.InstantOrNull(3), reader.Int(4), reader.TextOrNull(5)),
            cancellationToken);
}

/// <summary>How a source does.</summary>
/// <param name="ReadAt">The last try that changed something here; successes are written twice a minute at most.</param>
/// <param name="FailingSince">Null for a source that can be read.</param>
/// <param name="Failures">In a row.</param>
public sealed record SourceState(
    string SourceId, DateTimeOffset ReadAt, DateTimeOffset? SucceededAt, DateTimeOffset? FailingSince, int Failures, string? Why);
