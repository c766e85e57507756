using Microsoft.Extensions.Logging;
using ThreatWatch.Core;
using ThreatWatch.Platform.Hosting;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Alerting.Notifying.Voice;

/// <summary>Acknowledges by a key during a call; the call says which alert and which person.</summary>
public sealed partial class KeyPresses(Settings settings, Database database, AlertActions actions, DueSignal signal, TimeProvider time, ILogger<KeyPresses> logger)
{
    /// <summary>Takes a key; returns what is said to it, null where the key means nothing or the call is not ours.</summary>
    public async Task<string?> TakeAsync(string notificationId, string callId, string key, CancellationToken cancellationToken)
    {
        if (key != "1" || await FindAsync(notificationId, callId, cancellationToken) is not { } row)
            return null;
        var outcome = await actions.AcknowledgeAsync(row.AlertId, row.OfficerId, "voice", cancellationToken);
        if (outcome.Won)
        {
            LogAcknowledged(row.AlertId, row.OfficerId);
            signal.WakeAll();
        }

        if (outcome.Won || outcome.Alert?.AcknowledgedBy == row.OfficerId)
            return "Thank you. You have it. The others are told.";
        var holder = outcome.Alert?.AcknowledgedBy is { } by ? settings.Get<District>().FindOfficer(by)?.Name ?? by : "Somebody";
        return $"{holder} has it already. Thank you.";
    }

    // Whoever pressed a key has surely heard the message.
    private async Task<Notification?> FindAsync(string id, string callId, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await using var work = await database.BeginAsync(cancellationToken);
        await NotificationStore.AcceptedAsync(work, id, callId, now, cancellationToken);
        if (await NotificationStore.FindAsync(work, id, cancellationToken) is not { } row || row.ProviderId != callId)
            return null;
        await NotificationStore.DeliveredAsync(work, id, now, cancellationToken);
        await NotificationStore.OpenedAsync(work, id, now, cancellationToken);
        await work.CommitAsync(cancellationToken);
        return row;
    }

    [LoggerMessage(LogLevel.Information, "Alert {AlertId}: {OfficerId} has it (by a key in a call)")]
    private partial void LogAcknowledged(string alertId, string officerId);
}
