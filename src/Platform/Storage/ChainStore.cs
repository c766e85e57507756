using System.Data.Common;

namespace ThreatWatch.Platform.Storage;

/// <summary>Reads from everybody's tables how far the chain has come and where something waits; writes nothing.</summary>
public sealed class ChainStore(Database database, SourceStateStore sources, SourceRegisterStore register)
{
    // Older posts without a judgement are no news, and to look for them costs more with each day.
    private static readonly TimeSpan Window = TimeSpan.FromHours(2);

    public async Task<ChainFacts> LookAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var beats = await database.QueryAsync(
            "select role, max(at) from heartbeats group by role", reader => (Role: reader.GetString(0), At: reader.Instant(1)), cancellationToken);
        var unsent = await database.QueryAsync(
            "select n.channel, count(*), min(coalesce(t.began_at, n.due_at)) from notifications n join alerts a on a.id = n.alert_id "
            + "left join notification_attempts t on t.notification_id = n.id and t.attempt = 1 "
            + "where n.state in ('Pending', 'Sending') and a.closed_at is null and n.due_at < @soon group by n.channel order by n.channel",
            Waits,
            cancellationToken,
            // A row that is tried again has its due instant ahead, by an hour at most.
            ("@soon", now + TimeSpan.FromHours(1)));
        var messages = await database.QueryAsync(
            "select topic, count(*), min(visible_at) from queue where visible_at <= @now group by topic order by topic", Waits, cancellationToken, ("@now", now));
        var unjudged = await database.QueryAsync(
            "select 'posts', count(*), min(p.ingested_at) from posts p where p.ingested_at > @from and p.text is not null and p.retracted_at is null "
            + "and not exists (select 1 from assessments a where a.post_id = p.id and a.shadow = false) having count(*) > 0",
            Waits,
            cancellationToken,
            ("@from", now - Window));
        var steps = await database.QueryAsync(
            "select 'steps', count(*), min(next_step_at) from alerts where state = 'Open' and next_step_at <= @now having count(*) > 0", Waits, cancellationToken, ("@now", now));
        var untold = await database.QueryAsync(
            "select 'alerts', count(*), min(opened_at) from alerts a where state = 'Open' and is_drill = false "
            // An alert whose first step is still to come is silenced.
            + "and not (next_step = 0 and next_round = 0 and coalesce(next_step_at, 0) > @now) "
            + "and not exists (select 1 from notifications n where n.alert_id = a.id and n.sent_at is not null and n.state in ('Sent', 'Delivered')) having count(*) > 0",
            Waits,
            cancellationToken,
            ("@now", now));
        var dead = await database.QueryAsync("select 'dead', count(*), min(died_at) from dead_letters having count(*) > 0", Waits, cancellationToken);
        return new ChainFacts(
            beats.ToDictionary(beat => beat.Role, beat => beat.At),
            unsent,
            messages,
            unjudged.FirstOrDefault(),
            steps.FirstOrDefault(),
            untold.FirstOrDefault(),
            dead.FirstOrDefault(),
            await SourcesAsync(cancellationToken));
    }

    // Sources that were taken out of the configuration are no trouble.
    private async Task<IReadOnlyList<SourceState>> SourcesAsync(CancellationToken cancellationToken)
    {
        var configured = (await register.AllAsync(cancellationToken)).Select(source => source.SourceId).ToHashSet();
        return [.. (await sources.AllAsync(cancellationToken)).Where(state => configured.Contains(state.SourceId))];
    }

    private static Waiting Waits(DbDataReader reader) => new(reader.GetString(0), reader.Int(1), reader.Instant(2));
}

/// <summary>How the chain stands at an instant; null where nothing of the kind waits.</summary>
/// <param name="Beats">By role, of the last seven days: the latest sign of life of any of its processes.</param>
/// <param name="Unsent">By channel: messages to people that are due or were tried and not taken.</param>
/// <param name="Messages">By topic: messages between the roles that nobody has taken up.</param>
/// <param name="Unjudged">Posts without an assessment.</param>
/// <param name="Steps">Open alerts whose next step is due.</param>
/// <param name="Untold">Open alerts of which no message was accepted by anybody's provider; drills and silenced ones are left out.</param>
public sealed record ChainFacts(
    IReadOnlyDictionary<string, DateTimeOffset> Beats,
    IReadOnlyList<Waiting> Unsent,
    IReadOnlyList<Waiting> Messages,
    Waiting? Unjudged,
    Waiting? Steps,
    Waiting? Untold,
    Waiting? DeadLetters,
    IReadOnlyList<SourceState> Sources);

/// <summary>Things of a kind that wait.</summary>
/// <param name="SinceAt">The one that has waited longest.</param>
public sealed record Waiting(string Name, int Count, DateTimeOffset SinceAt);
