namespace ThreatWatch.Core;

/// <summary>One message to one person by one channel, due at an instant. A restart loses none: the due row is the schedule.</summary>
/// <param name="Id">Also the provider's idempotency key and part of the Message-ID.</param>
/// <param name="Step">0 for the first, then the escalation policy's steps.</param>
/// <param name="OfficerId">Who is told.</param>
/// <param name="QueuedAt">When it was decided that this person is told.</param>
/// <param name="Attempt">Calls made to the provider so far.</param>
/// <param name="ProviderId">The provider's id for the accepted message: Message-ID, SMS sid.</param>
/// <param name="FailedAt">When it was given up, or a receipt said that it did not arrive.</param>
/// <param name="Error">Why the last attempt failed; never an address or text.</param>
public sealed record Notification(
    string Id,
    string AlertId,
    int Step,
    int Round,
    string OfficerId,
    Channel Channel,
    NotificationReason Reason,
    NotificationState State,
    DateTimeOffset QueuedAt,
    DateTimeOffset DueAt,
    int Attempt,
    DateTimeOffset? SendingAt,
    DateTimeOffset? SentAt,
    DateTimeOffset? DeliveredAt,
    DateTimeOffset? OpenedAt,
    string? ProviderId,
    string? Error,
    DateTimeOffset? FailedAt = null);

/// <summary>The way a notification takes.</summary>
public enum Channel
{
    Email,
    Sms,
    Voice,
    Slack,
    Teams,
    Webhook,
    Cap,
}

/// <summary>How far a notification has come.</summary>
public enum NotificationState
{
    /// <summary>Waits for its due instant.</summary>
    Pending,

    /// <summary>Recorded before the provider is called, so that a crash leaves a trace.</summary>
    Sending,

    /// <summary>Accepted by the provider.</summary>
    Sent,

    /// <summary>The provider says that it arrived.</summary>
    Delivered,

    /// <summary>Given up for good by this channel; the next channel takes over.</summary>
    Failed,

    /// <summary>No longer wanted: the alert was acknowledged, closed or silenced.</summary>
    Cancelled,
}

/// <summary>Why a notification is sent, said in its subject.</summary>
public enum NotificationReason
{
    First,
    NewEvidence,
    Repeat,
    Escalation,
    Drill,

    /// <summary>Tells those who were told who has it now.</summary>
    Acknowledged,
}
