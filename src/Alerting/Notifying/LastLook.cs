using ThreatWatch.Core;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Alerting.Notifying;

/// <summary>Asks once more whether a message is wanted, for calls that had to wait for their turn: the rule by which the row was taken up.</summary>
internal static class LastLook
{
    public static readonly SendOutcome Overtaken = new SendOutcome.Rejected("somebody acknowledged before it left");

    public static async Task<bool> IsWantedAsync(AlertStore alerts, Notification row, CancellationToken cancellationToken) =>
        await alerts.FindAsync(row.AlertId, cancellationToken) is { } alert
        && (row.Reason == NotificationReason.Acknowledged || (alert.ClosedAt is null && (alert.AcknowledgedAt is null || row.QueuedAt > alert.AcknowledgedAt)));
}
