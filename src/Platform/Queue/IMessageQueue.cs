using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Platform.Queue;

/// <summary>
/// Carries messages between roles, at least once each. What is enqueued commits with the facts it speaks of (<see cref="Outbox"/>);
/// what is received stays ours until it is settled in the transaction of its effect.
/// </summary>
public interface IMessageQueue
{
    /// <summary>Waits for the first message of a topic and takes up to <paramref name="max"/>.</summary>
    Task<IReadOnlyList<Delivery>> ReceiveAsync(string topic, int max, CancellationToken cancellationToken);

    /// <summary>Ends deliveries for good, once <paramref name="work"/> is durable.</summary>
    Task SettleAsync(UnitOfWork work, IReadOnlyList<Delivery> deliveries, CancellationToken cancellationToken);

    /// <summary>Gives a delivery back to come again after a pause; with the delivery limit reached it becomes a dead letter instead.</summary>
    Task RetryAsync(Delivery delivery, TimeSpan after, string why, CancellationToken cancellationToken);

    /// <summary>Puts a message aside that no retry can help, with the reason.</summary>
    Task DeadLetterAsync(Delivery delivery, string reason, CancellationToken cancellationToken);

    /// <summary>Gives deliveries back at once and uncounted: the process is stopping.</summary>
    Task ReleaseAsync(IReadOnlyList<Delivery> deliveries, CancellationToken cancellationToken);

    /// <summary>Takes messages that mean nothing the way of real ones, where that way has code which nothing else runs; nobody else ever sees them.</summary>
    Task RehearseAsync(CancellationToken cancellationToken);

    /// <summary>Messages that wait, by topic.</summary>
    Task<IReadOnlyDictionary<string, long>> DepthAsync(CancellationToken cancellationToken);
}

/// <summary>One message in our hands.</summary>
/// <param name="Attempt">1 for the first delivery.</param>
/// <param name="Token">What the queue needs to settle it.</param>
public sealed record Delivery(string Topic, string Body, int Attempt, object Token);
