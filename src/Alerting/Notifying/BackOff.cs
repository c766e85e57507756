using ThreatWatch.Core;

namespace ThreatWatch.Alerting.Notifying;

/// <summary>Decides what becomes of a notification after a call to its provider.</summary>
internal static class BackOff
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    // By then the escalation has told everybody several times; an e-mail a day late would only confuse.
    private static readonly TimeSpan GiveUpAfter = TimeSpan.FromHours(24);

    /// <summary>5 s, 10 s, 20 s ... 5 min, and never before the provider wants it.</summary>
    /// <param name="attempt">Calls made so far, 1 or more.</param>
    public static TimeSpan Pause(int attempt, TimeSpan? wanted)
    {
        var grown = TimeSpan.FromTicks((long)Math.Min(Longest.Ticks, First.Ticks * Math.Pow(2, Math.Min(attempt - 1, 20))));
        return wanted is { } pause && pause > grown ? pause : grown;
    }

    public static (NotificationState State, DateTimeOffset? DueAt, string Outcome, string? ProviderId, string? Detail) After(
        Notification row, SendOutcome outcome, DateTimeOffset now) => outcome switch
    {
        SendOutcome.Sent sent => (NotificationState.Sent, null, "sent", sent.ProviderId, sent.Detail),
        SendOutcome.RetryLater later when now - row.QueuedAt > GiveUpAfter => (NotificationState.Failed, null, "given up", null, later.Why),
        SendOutcome.RetryLater later => (NotificationState.Pending, now + Pause(row.Attempt, later.After), "retry", null, later.Why),
        SendOutcome.Rejected rejected => (NotificationState.Failed, null, "rejected", null, rejected.Why),
        _ => throw new InvalidOperationException($"no such outcome: {outcome.GetType().Name}"),
    };
}
