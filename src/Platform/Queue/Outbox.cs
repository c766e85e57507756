using System.Collections.Concurrent;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Platform.Queue;

/// <summary>
/// Puts messages into the queue's table within the transaction of the facts they speak of. The embedded queue delivers from this
/// table; with RabbitMQ a relay publishes its rows and removes them once the broker has confirmed.
/// </summary>
public sealed class Outbox(TimeProvider time)
{
    private const string AnyTopic = "";
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _signals = new();

    /// <summary>Enqueues one message; readers in this process are woken by the commit.</summary>
    public Task AddAsync<T>(UnitOfWork work, string topic, T message, CancellationToken cancellationToken) =>
        AddAsync(work, topic, Json.Write(message), 0, TimeSpan.Zero, null, cancellationToken);

    internal async Task AddAsync(
        UnitOfWork work, string topic, string body, int attempts, TimeSpan delay, string? lastError, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await work.ExecuteAsync(
            "insert into queue (topic, body, attempts, enqueued_at, visible_at, last_error) values (@topic, @body, @attempts, @now, @visible, @error)",
            cancellationToken,
            ("@topic", topic),
            ("@body", body),
            ("@attempts", attempts),
            ("@now", now),
            ("@visible", now + delay),
            ("@error", lastError));
        if (delay == TimeSpan.Zero)
        {
            work.AfterCommit(() =>
            {
                Wake(topic);
                return Task.CompletedTask;
            });
        }
    }

    /// <summary>Waits until a commit of this process added to the topic, or for <paramref name="atMost"/>: others may have.</summary>
    internal async Task WaitAsync(string topic, TimeSpan atMost, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(atMost, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            await Signal(topic).WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Nobody signalled here; look all the same.
        }
    }

    /// <summary>The same for whoever takes all topics: the relay.</summary>
    internal Task WaitAnyAsync(TimeSpan atMost, CancellationToken cancellationToken) => WaitAsync(AnyTopic, atMost, cancellationToken);

    internal void Wake(string topic)
    {
        foreach (var signal in new[] { Signal(topic), Signal(AnyTopic) })
        {
            if (signal.CurrentCount == 0)
                signal.Release();
        }
    }

    private SemaphoreSlim Signal(string topic) => _signals.GetOrAdd(topic, _ => new SemaphoreSlim(0));
}
