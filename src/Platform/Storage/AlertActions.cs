using ThreatWatch.Core;
using ThreatWatch.Platform.Hosting;

namespace ThreatWatch.Platform.Storage;

/// <summary>
/// What a person does to an alert, the same from a link, a reply, the console and the command line: the first one wins, and with it,
/// in one transaction, everything that still waits to be sent is cancelled.
/// </summary>
public sealed class AlertActions(Database database, TimeProvider time, AfterCall? afterCall = null)
{
    /// <summary>Somebody says "I have it".</summary>
    /// <param name="by">An officer's id, or the name under which a person is signed in.</param>
    /// <param name="via">"link", "sms", "console" or "cli".</param>
    public async Task<ActionOutcome> AcknowledgeAsync(string alertId, string by, string via, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await using var work = await database.BeginAsync(cancellationToken);
        var changed = await work.QueryAsync(
            "update alerts set state = 'Acknowledged', acknowledged_at = @now, acknowledged_by = @by, acknowledged_via = @via, next_step_at = null "
            + $"where id = @id and state = 'Open' returning {AlertStore.Columns}",
            AlertStore.Map,
            cancellationToken,
            ("@now", now),
            ("@by", by),
            ("@via", via),
            ("@id", alertId));
        if (changed.Count == 0)
            return new ActionOutcome(false, await ReadAsync(work, alertId, cancellationToken));
        await CancelAsync(work, alertId, cancellationToken);
        await TellWhoHasItAsync(work, alertId, by, now, cancellationToken);
        await AuditLog.AddAsync(work, now, by, "alert.acknowledged", alertId, $"via {via}", cancellationToken);
        CrashPoint.Reach("acknowledge.before-commit");
        await work.CommitAsync(cancellationToken);
        CrashPoint.Reach("acknowledge.committed");
        return new ActionOutcome(true, changed[0]);
    }

    /// <summary>A person has judged it. An alert that nobody had acknowledged counts as acknowledged by the same person.</summary>
    /// <param name="note">For the district's own files; kept with the alert, never in the audit.</param>
    public async Task<ActionOutcome> CloseAsync(
        string alertId, string by, string via, Disposition disposition, string? note, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await using var work = await database.BeginAsync(cancellationToken);
        var changed = await work.QueryAsync(
            "update alerts set state = 'Closed', closed_at = @now, closed_by = @by, disposition = @disposition, note = @note, next_step_at = null, "
            + "acknowledged_at = coalesce(acknowledged_at, @now), acknowledged_by = coalesce(acknowledged_by, @by), acknowledged_via = coalesce(acknowledged_via, @via) "
            + $"where id = @id and state <> 'Closed' returning {AlertStore.Columns}",
            AlertStore.Map,
            cancellationToken,
            ("@now", now),
            ("@by", by),
            ("@via", via),
            ("@disposition", disposition),
            ("@note", note),
            ("@id", alertId));
        if (changed.Count == 0)
            return new ActionOutcome(false, await ReadAsync(work, alertId, cancellationToken));
        await CancelAsync(work, alertId, cancellationToken);
        // Who was told and hears nothing would otherwise still drive to the school. A drill that nobody took ends in silence.
        if (changed[0] is { IsDrill: false } alert && alert.AcknowledgedAt == alert.ClosedAt)
            await TellWhoHasItAsync(work, alertId, by, now, cancellationToken);
        await AuditLog.AddAsync(work, now, by, "alert.closed", alertId, $"{disposition} via {via}", cancellationToken);
        await work.CommitAsync(cancellationToken);
        return new ActionOutcome(true, changed[0]);
    }

    private static Task<int> CancelAsync(UnitOfWork work, string alertId, CancellationToken cancellationToken) =>
        work.ExecuteAsync(
            "update notifications set state = 'Cancelled' where alert_id = @id and state = 'Pending' and reason <> 'Acknowledged'", cancellationToken, ("@id", alertId));

    // Who was told and does not have it would otherwise drive to the school as well.
    private async Task TellWhoHasItAsync(UnitOfWork work, string alertId, string by, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var told = (await NotificationStore.OfAlertAsync(work, alertId, cancellationToken))
            .Where(row => row.Channel switch
            {
                Channel.Email or Channel.Sms or Channel.Voice => row.OfficerId != by,
                // A room has other readers too, and a partner's file an end.
                Channel.Slack or Channel.Teams or Channel.Webhook or Channel.Cap => true,
                _ => false,
            })
            .Where(row => row.State is NotificationState.Sending or NotificationState.Sent or NotificationState.Delivered)
            .DistinctBy(row => (row.OfficerId, row.Channel))
            .ToList();
        // Whoever can read it is not called for it.
        var readers = told.Where(row => row.Channel != Channel.Voice).Select(row => row.OfficerId).ToHashSet();
        var rows = told
            .Where(row => row.Channel != Channel.Voice || !readers.Contains(row.OfficerId))
            .Select(row => new Notification(
                Ids.New(now), alertId, 0, 0, row.OfficerId, row.Channel == Channel.Voice ? afterCall?.Invoke(row.OfficerId) ?? Channel.Voice : row.Channel, NotificationReason.Acknowledged, NotificationState.Pending,
                now, now, 0, null, null, null, null, null, null))
            .ToList();
        await NotificationStore.AddAsync(work, rows, cancellationToken);
    }

    private static async Task<Alert?> ReadAsync(UnitOfWork work, string alertId, CancellationToken cancellationToken)
    {
        var rows = await work.QueryAsync(
            $"select {AlertStore.Columns} from alerts where id = @id", AlertStore.Map, cancellationToken, ("@id", alertId));
        return rows.FirstOrDefault();
    }
}

/// <summary>By which channel somebody hears who has it who was told by a call alone.</summary>
public delegate Channel AfterCall(string officerId);

/// <summary>What became of a person's action.</summary>
/// <param name="Won">True where this call did it; false where somebody was first or the alert is unknown.</param>
/// <param name="Alert">As it stands now; null where no alert has the id.</param>
public sealed record ActionOutcome(bool Won, Alert? Alert);
