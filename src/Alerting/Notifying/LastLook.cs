using ThreatWatch.Core;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Alerting.Notifying;

/// <summary>Asks once more whether a message is wanted, for calls that had to wait for their turn: the rule by which the row was taken up.</summary>
public sealed class LastLook
{
    public static readonly SendOutcome Overtaken = new SendOutcome.Rejected("somebody acknowledged before it left");

    private readonly AlertStore _alerts;
    private readonly Gathering<string, AlertEnds?> _looks;

    public LastLook(AlertStore alerts)
    {
        _alerts = alerts;
        _looks = new(FindAsync);
    }

    public async Task<bool> IsWantedAsync(Notification row, CancellationToken cancellationToken) =>
        await _looks.AskAsync(row.AlertId).WaitAsync(cancellationToken) is { } alert
        && (row.Reason == NotificationReason.Acknowledged || (alert.ClosedAt is null && (alert.AcknowledgedAt is null || row.QueuedAt > alert.AcknowledgedAt)));

    private async Task<IReadOnlyList<AlertEnds?>> FindAsync(IReadOnlyList<string> ids)
    {
        var found = await _alerts.EndsAsync([.. ids.Distinct()], CancellationToken.None);
        return [.. ids.Select(id => found.GetValueOrDefault(id))];
    }
}
