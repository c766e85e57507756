using System.Data.Common;
using ThreatWatch.Platform.Queue;

namespace ThreatWatch.Platform.Storage;

/// <summary>The table of drills: when each began, how far it came and when, and how it ended.</summary>
public sealed class DrillStore(Database database, Outbox outbox)
{
    private const string Columns =
        "post_id, school_id, scheduled_at, started_at, judged_at, opened_at, sent_at, acknowledged_at, acknowledged_by, alert_id, outcome, why, told_at, within_seconds";

    /// <summary>Begins a drill with its post; null where another process has begun the same one.</summary>
    /// <param name="scheduledAt">Null for one that a person began.</param>
    /// <param name="within">How long an acknowledgement is waited for.</param>
    public async Task<string?> BeginAsync(string schoolId, DateTimeOffset? scheduledAt, TimeSpan within, DateTimeOffset now, CancellationToken cancellationToken)
    {
        // A look first: a scheduled drill is asked for again and again while its hour lasts.
        if (scheduledAt is { } at && await database.CountAsync(
            "select count(*) from drills where school_id = @school and scheduled_at = @at", cancellationToken, ("@school", schoolId), ("@at", at)) > 0)
            return null;
        await using var work = await database.BeginAsync(cancellationToken);
        var id = await DrillPost.AddAsync(work, outbox, schoolId, DrillPost.Text, now, cancellationToken);
        var added = await work.ExecuteAsync(
            "insert into drills (post_id, school_id, scheduled_at, started_at, within_seconds, outcome) values (@id, @school, @scheduled, @now, @within, 'Running') on conflict do nothing",
            cancellationToken,
            ("@id", id),
            ("@school", schoolId),
            ("@scheduled", Sql.Micros(scheduledAt)),
            ("@now", now),
            ("@within", (long)within.TotalSeconds));
        if (added == 0)
            return null;
        await work.CommitAsync(cancellationToken);
        return id;
    }

    /// <summary>How far the post of a drill has come.</summary>
    public async Task<DrillHops> HopsAsync(string postId, CancellationToken cancellationToken)
    {
        var rows = await database.QueryAsync(
            "select (select min(s.assessed_at) from assessments s where s.post_id = p.id and s.shadow = false), a.id, a.opened_at, "
            + "(select min(n.sent_at) from notifications n where n.alert_id = a.id), a.acknowledged_at, a.acknowledged_by, "
            + "(select count(*) from notifications n where n.alert_id = a.id and n.state in ('Pending', 'Sending')), "
            + "(select min(n.channel) from notifications n where n.alert_id = a.id and n.state = 'Failed') "
            + "from posts p left join alert_posts j on j.post_id = p.id left join alerts a on a.id = j.alert_id where p.id = @id",
            reader => new DrillHops(
                reader.InstantOrNull(0), reader.TextOrNull(1), reader.InstantOrNull(2), reader.InstantOrNull(3), reader.InstantOrNull(4), reader.TextOrNull(5), reader.Int(6), reader.TextOrNull(7)),
            cancellationToken,
            ("@id", postId));
        return rows.FirstOrDefault() ?? new DrillHops(null, null, null, null, null, null, 0, null);
    }

    /// <summary>Drills that run, and broken ones of which somebody may still have to be told or whose alert may still come.</summary>
    public async Task<IReadOnlyList<Drill>> UnfinishedAsync(DateTimeOffset since, CancellationToken cancellationToken) =>
        await database.QueryAsync(
            $"select {Columns} from drills where started_at >= @since and (outcome = 'Running' or (outcome = 'Broken' and (told_at is null or alert_id is null))) order by started_at",
            Map,
            cancellationToken,
            ("@since", since));

    /// <summary>Records the hops, and the end where it has come. True where this process is the one that ended it.</summary>
    public async Task<bool> RecordAsync(string postId, DrillHops hops, DrillOutcome outcome, string? why, CancellationToken cancellationToken) =>
        await database.ExecuteAsync(
            "update drills set judged_at = @judged, opened_at = @opened, sent_at = @sent, acknowledged_at = @acknowledged, acknowledged_by = @by, alert_id = @alert, "
            + "outcome = @outcome, why = @why where post_id = @id and outcome = 'Running'",
            cancellationToken,
            ("@judged", Sql.Micros(hops.JudgedAt)),
            ("@opened", Sql.Micros(hops.OpenedAt)),
            ("@sent", Sql.Micros(hops.SentAt)),
            ("@acknowledged", Sql.Micros(hops.AcknowledgedAt)),
            ("@by", hops.AcknowledgedBy),
            ("@alert", hops.AlertId),
            ("@outcome", outcome),
            ("@why", why),
            ("@id", postId)) == 1 && outcome != DrillOutcome.Running;

    /// <summary>The alert of a broken drill came after all.</summary>
    public Task AlertCameAsync(string postId, string alertId, CancellationToken cancellationToken) =>
        database.ExecuteAsync("update drills set alert_id = @alert where post_id = @id", cancellationToken, ("@alert", alertId), ("@id", postId));

    /// <summary>True where this process is the one to tell of a broken drill now.</summary>
    public async Task<bool> ClaimTellingAsync(string postId, DateTimeOffset now, DateTimeOffset until, CancellationToken cancellationToken) =>
        await database.ExecuteAsync(
            "update drills set telling_until = @until where post_id = @id and told_at is null and (telling_until is null or telling_until <= @now)",
            cancellationToken,
            ("@until", until),
            ("@id", postId),
            ("@now", now)) == 1;

    public Task ToldAsync(string postId, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.ExecuteAsync("update drills set told_at = @now where post_id = @id", cancellationToken, ("@now", now), ("@id", postId));

    /// <summary>Drills that began in a stretch of time, the newest first.</summary>
    public async Task<IReadOnlyList<Drill>> BetweenAsync(DateTimeOffset from, DateTimeOffset until, CancellationToken cancellationToken) =>
        await database.QueryAsync(
            $"select {Columns} from drills where started_at >= @from and started_at < @until order by started_at desc", Map, cancellationToken, ("@from", from), ("@until", until));

    private static Drill Map(DbDataReader reader) => new(
        reader.GetString(0),
        reader.GetString(1),
        reader.InstantOrNull(2),
        reader.Instant(3),
        reader.InstantOrNull(4),
        reader.InstantOrNull(5),
        reader.InstantOrNull(6),
        reader.InstantOrNull(7),
        reader.TextOrNull(8),
        reader.TextOrNull(9),
        reader.Enum<DrillOutcome>(10),
        reader.TextOrNull(11),
        reader.InstantOrNull(12),
        TimeSpan.FromSeconds(reader.GetInt64(13)));
}

/// <summary>How far a drill has come; null where it has not come so far.</summary>
/// <param name="SentAt">The first message that a provider accepted.</param>
/// <param name="Waiting">Messages that are still to be sent.</param>
/// <param name="FailedChannel">A channel that gave a message up; null where none did.</param>
public sealed record DrillHops(
    DateTimeOffset? JudgedAt,
    string? AlertId,
    DateTimeOffset? OpenedAt,
    DateTimeOffset? SentAt,
    DateTimeOffset? AcknowledgedAt,
    string? AcknowledgedBy,
    int Waiting,
    string? FailedChannel);

/// <summary>A drill as recorded.</summary>
/// <param name="ScheduledAt">Null for one that a person began.</param>
/// <param name="ToldAt">When the operators were told that it broke.</param>
public sealed record Drill(
    string PostId,
    string SchoolId,
    DateTimeOffset? ScheduledAt,
    DateTimeOffset StartedAt,
    DateTimeOffset? JudgedAt,
    DateTimeOffset? OpenedAt,
    DateTimeOffset? SentAt,
    DateTimeOffset? AcknowledgedAt,
    string? AcknowledgedBy,
    string? AlertId,
    DrillOutcome Outcome,
    string? Why,
    DateTimeOffset? ToldAt,
    TimeSpan Within);

/// <summary>How a drill ended.</summary>
public enum DrillOutcome
{
    Running,

    /// <summary>It came back as an acknowledgement by way of every hop.</summary>
    Whole,
    Broken,
}
