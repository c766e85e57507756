using ThreatWatch.Core;

namespace ThreatWatch.Alerting.Notifying;

/// <summary>One way to reach people. An implementation knows its provider and nothing of alerts' rules.</summary>
public interface INotifier
{
    Channel Channel { get; }

    /// <summary>Messages that may be on their way at the same time; the provider's own limits on connections and rate are met inside.</summary>
    int Concurrency { get; }

    /// <summary>True where the channel is set up and the person has an address for it.</summary>
    bool CanReach(Officer officer);

    /// <summary>
    /// Hands one message to the provider. Called again for the same notification after a crash, so the provider's idempotency key is the
    /// notification's id. Throws for nothing but cancellation and our own mistakes.
    /// </summary>
    Task<SendOutcome> SendAsync(OutgoingMessage message, CancellationToken cancellationToken);
}

/// <summary>How a call to a provider ended. "Why" is shown to people and kept: no address, number or text in it.</summary>
public abstract record SendOutcome
{
    private SendOutcome()
    {
    }

    /// <summary>The provider has taken it over.</summary>
    /// <param name="ProviderId">The provider's id for it, by which receipts find it.</param>
    /// <param name="Detail">What the provider answered.</param>
    public sealed record Sent(string ProviderId, string? Detail = null) : SendOutcome;

    /// <summary>It may work later.</summary>
    /// <param name="After">Not before this pause, where the provider names one; else null and the pauses grow.</param>
    public sealed record RetryLater(TimeSpan? After, string Why) : SendOutcome;

    /// <summary>It never will: a wrong address, a refused message.</summary>
    public sealed record Rejected(string Why) : SendOutcome;
}
