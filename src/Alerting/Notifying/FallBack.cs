using ThreatWatch.Core;
using ThreatWatch.Platform.Hosting;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Alerting.Notifying;

/// <summary>
/// A channel that fails is not waited for: the same person is told by the next channel at once, and where none is left the alert's
/// next step comes at once.
/// </summary>
public sealed class FallBack(Settings settings, IEnumerable<INotifier> notifiers)
{
    // The ways that reach a person's own phone or inbox; the others are posted to rooms or systems.
    private static readonly IReadOnlyList<Channel> Order = [Channel.Sms, Channel.Email, Channel.Voice];

    /// <summary>Which channel takes over; null where none is left.</summary>
    /// <param name="used">Channels of this person's messages for the same step.</param>
    internal static Channel? Next(IReadOnlyCollection<Channel> used, IReadOnlyCollection<Channel> reachable) =>
        Order.Where(channel => !used.Contains(channel) && reachable.Contains(channel)).Select(channel => (Channel?)channel).FirstOrDefault();

    /// <summary>Adds what takes over, in the transaction that records the failure; true where something is due now.</summary>
    public async Task<bool> AddAsync(UnitOfWork work, Notification failed, SendOutcome outcome, DateTimeOffset now, CancellationToken cancellationToken)
    {
        // A row that is tried again takes the other way only once: at its first failure.
        if (failed.Reason == NotificationReason.Acknowledged || (outcome is SendOutcome.RetryLater && failed.Attempt > 1))
            return false;
        // A call that was under way when somebody acknowledged must not become a message after it.
        if (await AlertStore.LockAsync(work, failed.AlertId, cancellationToken) is not { Alert: { ClosedAt: null } alert }
            || failed.QueuedAt <= alert.AcknowledgedAt)
            return false;
        var siblings = (await NotificationStore.OfAlertAsync(work, failed.AlertId, cancellationToken))
            .Where(row => (row.Step, row.Round, row.OfficerId, row.Reason) == (failed.Step, failed.Round, failed.OfficerId, failed.Reason))
            .ToList();
        // Somebody who is being told by another way already needs no third.
        if (siblings.Any(row => row.Id != failed.Id && row.State is not (NotificationState.Failed or NotificationState.Cancelled) && row.Error is null))
            return false;
        var officer = settings.Get<District>().FindOfficer(failed.OfficerId);
        var reachable = officer is null ? [] : notifiers.Where(notifier => notifier.CanReach(officer)).Select(notifier => notifier.Channel).ToList();
        if (Next([.. siblings.Select(row => row.Channel)], reachable) is not { } channel)
            return outcome is SendOutcome.Rejected && await HastenAsync(work, failed, now, cancellationToken);
        var row = failed with
        {
            Id = Ids.New(now), Channel = channel, State = NotificationState.Pending, QueuedAt = now, DueAt = now, Attempt = 0,
            SendingAt = null, SentAt = null, ProviderId = null, Error = null,
        };
        return (await NotificationStore.AddAsync(work, [row], cancellationToken)).Count > 0;
    }

    // In the first round only, and never for a provider that is merely down: the steps would chase each other.
    private static async Task<bool> HastenAsync(UnitOfWork work, Notification failed, DateTimeOffset now, CancellationToken cancellationToken) =>
        await work.ExecuteAsync(
            "update alerts set next_step_at = @now where id = @id and state = 'Open' and next_step_at > @now and next_round = 0 and next_step = @step",
            cancellationToken,
            ("@now", now),
            ("@step", failed.Step + 1),
            ("@id", failed.AlertId)) > 0;
}
