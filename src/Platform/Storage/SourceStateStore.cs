using System.Data.Common;

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

    /// <summary>The source was read; <paramref name="change"/> says what its pulse is after that.</summary>
    public async Task SucceededAsync(string sourceId, DateTimeOffset now, Func<SourcePulse, SourcePulse> change, CancellationToken cancellationToken)
    {
        await using var work = await database.BeginAsync(cancellationToken);
        var known = await work.QueryAsync(
            "select watched_since, succeeded_at, last_new_at, newest_at, quiet_after, learned from source_states where source_id = @id",
            reader => new SourcePulse(
                reader.InstantOrNull(0), reader.InstantOrNull(1), reader.InstantOrNull(2), reader.InstantOrNull(3), SpanOrNull(reader, 4), reader.TextOrNull(5)),
            cancellationToken,
            ("@id", sourceId));
        var pulse = change(known.FirstOrDefault() ?? new SourcePulse(null, null, null, null, null, null));
        await work.ExecuteAsync(
            "insert into source_states (source_id, read_at, succeeded_at, failures, watched_since, last_new_at, newest_at, quiet_after, learned) "
            + "values (@id, @now, @now, 0, @since, @new, @newest, @quiet, @learned) on conflict (source_id) do update "
            + "set read_at = excluded.read_at, succeeded_at = excluded.succeeded_at, failing_since = null, failures = 0, why = null, watched_since = excluded.watched_since, "
            + "last_new_at = excluded.last_new_at, newest_at = excluded.newest_at, quiet_after = excluded.quiet_after, learned = excluded.learned",
            cancellationToken,
            ("@id", sourceId),
            ("@now", now),
            ("@since", Sql.Micros(pulse.WatchedSinceAt)),
            ("@new", Sql.Micros(pulse.LastNewAt)),
            ("@newest", Sql.Micros(pulse.NewestAt)),
            ("@quiet", pulse.QuietAfter is { } quiet ? (long)quiet.TotalSeconds : null),
            ("@learned", pulse.Learned));
        await work.CommitAsync(cancellationToken);
    }

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
            "select source_id, read_at, succeeded_at, failing_since, failures, why, watched_since, last_new_at, quiet_after from source_states order by source_id",
            reader => new SourceState(
                reader.GetString(0), reader.Instant(1), reader.InstantOrNull(2), reader.InstantOrNull(3), reader.Int(4), reader.TextOrNull(5))
            {
                WatchedSinceAt = reader.InstantOrNull(6),
                LastNewAt = reader.InstantOrNull(7),
                QuietAfter = SpanOrNull(reader, 8),
            },
            cancellationToken);

    private static TimeSpan? SpanOrNull(DbDataReader reader, int column) => reader.IsDBNull(column) ? null : TimeSpan.FromSeconds(reader.GetInt64(column));
}

/// <summary>How a source does.</summary>
/// <param name="ReadAt">The last try that changed something here; successes are written twice a minute at most.</param>
/// <param name="FailingSince">Null for a source that can be read.</param>
/// <param name="Failures">In a row.</param>
public sealed record SourceState(
    string SourceId, DateTimeOffset ReadAt, DateTimeOffset? SucceededAt, DateTimeOffset? FailingSince, int Failures, string? Why)
{
    /// <summary>Since when it has been read without a break.</summary>
    public DateTimeOffset? WatchedSinceAt { get; init; }

    /// <summary>When it last brought something that it had not brought before.</summary>
    public DateTimeOffset? LastNewAt { get; init; }

    /// <summary>A longer pause than this is not usual for it; null while too little is known.</summary>
    public TimeSpan? QuietAfter { get; init; }

    /// <summary>Since when a source that answers has brought nothing against its usual pace; null where all is as usual. Only time in which it was read counts.</summary>
    public DateTimeOffset? QuietSinceAt =>
        FailingSince is null && QuietAfter is { } usual && LastNewAt is { } last && SucceededAt - (WatchedSinceAt > last ? WatchedSinceAt : last) > usual ? last : null;
}

/// <summary>What is kept of a source's pace between reads.</summary>
/// <param name="WatchedSinceAt">Since when it has been read without a break.</param>
/// <param name="WatchedAt">The last read that succeeded.</param>
/// <param name="NewestAt">The date of its newest post, by the source's clock.</param>
/// <param name="Learned">Understood by Ingest alone.</param>
public sealed record SourcePulse(
    DateTimeOffset? WatchedSinceAt, DateTimeOffset? WatchedAt, DateTimeOffset? LastNewAt, DateTimeOffset? NewestAt, TimeSpan? QuietAfter, string? Learned);
