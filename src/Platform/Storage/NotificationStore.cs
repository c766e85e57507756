using System.Data.Common;
using ThreatWatch.Core;

namespace ThreatWatch.Platform.Storage;

/// <summary>The tables of notifications and of the attempts to send them: the schedule, and the proof of who was told when.</summary>
public sealed class NotificationStore(Database database)
{
    // What was queued before an acknowledgement is not sent after it; who has it, and new evidence since, is. That somebody has it is told even
    // after the end: whoever is on the way to the school must hear it.
    private const string Wanted =
        "(n.reason = 'Acknowledged' or (a.closed_at is null and (a.acknowledged_at is null or n.queued_at > a.acknowledged_at)))";

    private const string Columns =
        "id, alert_id, step, round, officer_id, channel, reason, state, queued_at, due_at, attempt, sending_at, sent_at, delivered_at, opened_at, provider_id, error, failed_at";

    private static readonly InsertPlan<Notification> Plan = new("notifications", "id",
    [
        new("id", typeof(string), row => row.Id),
        new("alert_id", typeof(string), row => row.AlertId),
        new("step", typeof(long), row => (long)row.Step),
        new("round", typeof(long), row => (long)row.Round),
        new("officer_id", typeof(string), row => row.OfficerId),
        new("channel", typeof(string), row => row.Channel.ToString()),
        new("reason", typeof(string), row => row.Reason.ToString()),
        new("state", typeof(string), row => row.State.ToString()),
        new("queued_at", typeof(long), row => Sql.Micros(row.QueuedAt)),
        new("due_at", typeof(long), row => Sql.Micros(row.DueAt)),
        new("attempt", typeof(long), row => (long)row.Attempt),
    ]);

    private static readonly InsertPlan<Notification> AttemptPlan = new("notification_attempts", "notification_id",
    [
        new("notification_id", typeof(string), row => row.Id),
        new("attempt", typeof(long), row => (long)row.Attempt),
        new("began_at", typeof(long), row => Sql.Micros(row.SendingAt)),
    ]);

    private static readonly UpdatePlan<AttemptEnd> EndPlan = new(
        "notification_attempts",
        "ended_at = v.at, outcome = v.result, detail = v.said",
        "notification_attempts.notification_id = v.id and notification_attempts.attempt = v.number",
        [
            new("id", typeof(string), end => end.NotificationId),
            new("number", typeof(long), end => (long)end.Attempt),
            new("at", typeof(long), end => Sql.Micros(end.At)),
            new("result", typeof(string), end => end.Outcome),
            new("said", typeof(string), end => end.Detail),
        ]);

    private static readonly UpdatePlan<AttemptEnd> RecordPlan = new(
        "notifications",
        "state = v.becomes, due_at = coalesce(v.due, notifications.due_at), sent_at = v.sent, failed_at = v.failed, "
        + "provider_id = coalesce(v.provider, notifications.provider_id), error = v.why",
        "notifications.id = v.id and notifications.attempt = v.number and notifications.state = 'Sending'",
        [
            new("id", typeof(string), end => end.NotificationId),
            new("number", typeof(long), end => (long)end.Attempt),
            new("becomes", typeof(string), end => end.State.ToString()),
            new("due", typeof(long), end => Sql.Micros(end.DueAt)),
            new("sent", typeof(long), end => end.State == NotificationState.Sent ? Sql.Micros(end.At) : null),
            new("failed", typeof(long), end => end.State == NotificationState.Failed ? Sql.Micros(end.At) : null),
            new("provider", typeof(string), end => end.ProviderId),
            new("why", typeof(string), end => end.State == NotificationState.Sent ? null : end.Detail),
        ]);

    /// <summary>Adds due rows; one that says the same to the same person by the same way is passed over. Returns the ids that are new.</summary>
    public static Task<IReadOnlySet<string>> AddAsync(UnitOfWork work, IReadOnlyList<Notification> rows, CancellationToken cancellationToken) =>
        work.InsertManyAsync(Plan, rows, cancellationToken);

    /// <summary>True where a channel has something to send, without a transaction: most looks find nothing.</summary>
    public async Task<bool> AnyDueAsync(Channel channel, DateTimeOffset now, DateTimeOffset stuckBefore, CancellationToken cancellationToken) =>
        await database.CountAsync(
            $"select 1 from notifications n join alerts a on a.id = n.alert_id where n.channel = @channel and {Due} and {Wanted} limit 1",
            cancellationToken,
            ("@channel", channel),
            ("@now", now),
            ("@stuck", stuckBefore)) > 0;

    /// <summary>
    /// Takes due rows of a channel and records "Sending" with an attempt each; rows that a dead process left in Sending come again.
    /// The alert is looked at under its lock, so that nothing starts after an acknowledgement.
    /// </summary>
    /// <param name="stuckBefore">A row in Sending since before this instant has no living sender.</param>
    public static async Task<IReadOnlyList<Notification>> ClaimAsync(
        UnitOfWork work, Channel channel, DateTimeOffset now, DateTimeOffset stuckBefore, int most, CancellationToken cancellationToken)
    {
        var rows = await work.QueryAsync(
            "update notifications set state = 'Sending', sending_at = @now, attempt = attempt + 1 where id in (select n.id from notifications n "
            + $"join alerts a on a.id = n.alert_id where n.channel = @channel and {Due} and {Wanted} "
            + $"order by case a.level when 'Critical' then 0 else 1 end, n.due_at limit @most{work.Dialect.SkipLockedBeside("n", "a")}) returning {Columns}",
            Map,
            cancellationToken,
            ("@channel", channel),
            ("@now", now),
            ("@stuck", stuckBefore),
            ("@most", most));
        await work.InsertManyAsync(AttemptPlan, rows, cancellationToken);
        return rows.OrderBy(row => row.DueAt).ToList();
    }

    /// <summary>Records how attempts ended; for each in turn, false where another process has taken the row over since.</summary>
    public static async Task<IReadOnlyList<bool>> RecordAsync(UnitOfWork work, IReadOnlyList<AttemptEnd> ends, CancellationToken cancellationToken)
    {
        await work.UpdateManyAsync(EndPlan, ends, cancellationToken);
        return await work.UpdateManyAsync(RecordPlan, ends, cancellationToken);
    }

    /// <summary>Cancels what no longer may go out: queued before an acknowledgement, or of a closed alert. Returns how many rows.</summary>
    public async Task<int> CancelUnwantedAsync(DateTimeOffset stuckBefore, CancellationToken cancellationToken)
    {
        const string Unwanted = "state in ('Pending', 'Sending') and (state = 'Pending' or (state = 'Sending' and sending_at < @stuck)) and alert_id in "
            + "(select a.id from alerts a where a.id = notifications.alert_id and notifications.reason <> 'Acknowledged' "
            + "and (a.closed_at is not null or notifications.queued_at <= a.acknowledged_at))";
        // A look first: acknowledging cancels by itself, so that nearly always nothing is left to do here.
        return await database.CountAsync($"select count(*) from notifications where {Unwanted}", cancellationToken, ("@stuck", stuckBefore)) == 0
            ? 0
            : await database.ExecuteAsync($"update notifications set state = 'Cancelled' where {Unwanted}", cancellationToken, ("@stuck", stuckBefore));
    }

    /// <summary>The rows of these alerts, in the order in which they were queued.</summary>
    public Task<IReadOnlyList<Notification>> OfAlertsAsync(IReadOnlyList<string> alertIds, CancellationToken cancellationToken) =>
        OfAlertsAsync("true", alertIds, cancellationToken);

    /// <summary>Those of them that a provider has accepted.</summary>
    public Task<IReadOnlyList<Notification>> AcceptedOfAlertsAsync(IReadOnlyList<string> alertIds, CancellationToken cancellationToken) =>
        OfAlertsAsync("provider_id is not null", alertIds, cancellationToken);

    private async Task<IReadOnlyList<Notification>> OfAlertsAsync(string condition, IReadOnlyList<string> alertIds, CancellationToken cancellationToken) =>
        await database.QueryAsync(
            $"select {Columns} from notifications where {database.Dialect.In("alert_id", "@ids")} and {condition} order by queued_at, due_at, id",
            Map,
            cancellationToken,
            ("@ids", database.Dialect.ListParameter(alertIds)));

    /// <summary>The same for one alert inside a transaction.</summary>
    public static async Task<IReadOnlyList<Notification>> OfAlertAsync(UnitOfWork work, string alertId, CancellationToken cancellationToken) =>
        await work.QueryAsync(
            $"select {Columns} from notifications where alert_id = @id order by queued_at, due_at, id", Map, cancellationToken, ("@id", alertId));

    /// <summary>Every call to a provider for an alert, in order.</summary>
    public async Task<IReadOnlyList<NotificationAttempt>> AttemptsAsync(string alertId, CancellationToken cancellationToken) =>
        await database.QueryAsync(
            "select t.notification_id, t.attempt, t.began_at, t.ended_at, t.outcome, t.detail from notification_attempts t "
            + "join notifications n on n.id = t.notification_id where n.alert_id = @id order by t.began_at, t.notification_id",
            reader => new NotificationAttempt(
                reader.GetString(0), reader.Int(1), reader.Instant(2), reader.InstantOrNull(3), reader.TextOrNull(4), reader.TextOrNull(5)),
            cancellationToken,
            ("@id", alertId));

    /// <summary>The row that a provider's receipt speaks of; null where none bears the id.</summary>
    public static async Task<Notification?> FindByProviderIdAsync(UnitOfWork work, Channel channel, string providerId, CancellationToken cancellationToken)
    {
        var rows = await work.QueryAsync(
            $"select {Columns} from notifications where provider_id = @id and channel = @channel limit 1",
            Map,
            cancellationToken,
            ("@id", providerId),
            ("@channel", channel));
        return rows.FirstOrDefault();
    }

    /// <summary>One row inside a transaction; null where none has the id.</summary>
    public static async Task<Notification?> FindAsync(UnitOfWork work, string id, CancellationToken cancellationToken) =>
        (await work.QueryAsync($"select {Columns} from notifications where id = @id", Map, cancellationToken, ("@id", id))).FirstOrDefault();

    /// <summary>
    /// A receipt: the provider has the message under this id, although its answer to us is not recorded (yet, or lost in a crash). The
    /// row is then not sent again. Where an id is recorded already nothing changes.
    /// </summary>
    public static Task<int> AcceptedAsync(UnitOfWork work, string id, string providerId, DateTimeOffset at, CancellationToken cancellationToken) =>
        work.ExecuteAsync(
            "update notifications set state = 'Sent', sent_at = @at, provider_id = @provider, error = null "
            + "where id = @id and provider_id is null and attempt > 0 and state in ('Pending', 'Sending')",
            cancellationToken,
            ("@at", at),
            ("@provider", providerId),
            ("@id", id));

    /// <summary>A receipt: the message will not arrive. One that arrived, or had failed before, stays what it is.</summary>
    /// <param name="why">Never an address or text.</param>
    public static Task<int> FailedAsync(UnitOfWork work, string id, string why, DateTimeOffset at, CancellationToken cancellationToken) =>
        work.ExecuteAsync(
            "update notifications set state = 'Failed', error = @why, failed_at = @at where id = @id and state = 'Sent'",
            cancellationToken,
            ("@why", why),
            ("@at", at),
            ("@id", id));

    /// <summary>A receipt: the message arrived. A second or late receipt changes nothing.</summary>
    public static Task<int> DeliveredAsync(UnitOfWork work, string id, DateTimeOffset at, CancellationToken cancellationToken) =>
        work.ExecuteAsync(
            "update notifications set state = 'Delivered', delivered_at = @at where id = @id and delivered_at is null and state in ('Sending', 'Sent')",
            cancellationToken,
            ("@at", at),
            ("@id", id));

    /// <summary>The message was looked at, where the channel can tell.</summary>
    public static Task<int> OpenedAsync(UnitOfWork work, string id, DateTimeOffset at, CancellationToken cancellationToken) =>
        work.ExecuteAsync(
            "update notifications set opened_at = @at where id = @id and opened_at is null", cancellationToken, ("@at", at), ("@id", id));

    // Both states by name too: SQLite looks into an index of some rows only where the very words of its condition stand in the statement.
    private const string Due =
        "n.state in ('Pending', 'Sending') and ((n.state = 'Pending' and n.due_at <= @now) or (n.state = 'Sending' and n.sending_at < @stuck))";

    private static Notification Map(DbDataReader reader) => new(
        reader.GetString(0),
        reader.GetString(1),
        reader.Int(2),
        reader.Int(3),
        reader.GetString(4),
        reader.Enum<Channel>(5),
        reader.Enum<NotificationReason>(6),
        reader.Enum<NotificationState>(7),
        reader.Instant(8),
        reader.Instant(9),
        reader.Int(10),
        reader.InstantOrNull(11),
        reader.InstantOrNull(12),
        reader.InstantOrNull(13),
        reader.InstantOrNull(14),
        reader.TextOrNull(15),
        reader.TextOrNull(16),
        reader.InstantOrNull(17));
}

/// <summary>How one call to a provider ended, and what becomes of the row.</summary>
/// <param name="DueAt">When it is tried again; null where it is not.</param>
/// <param name="Outcome">"sent", "retry" or "rejected".</param>
/// <param name="Detail">What the provider said; never an address or text.</param>
public sealed record AttemptEnd(
    string NotificationId, int Attempt, NotificationState State, DateTimeOffset At, DateTimeOffset? DueAt, string Outcome, string? ProviderId, string? Detail);

/// <summary>One call to a provider; without an end it was cut short by a crash, and the message came again under the same id.</summary>
public sealed record NotificationAttempt(string NotificationId, int Attempt, DateTimeOffset BeganAt, DateTimeOffset? EndedAt, string? Outcome, string? Detail);
