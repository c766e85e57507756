using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using ThreatWatch.Core;
using ThreatWatch.Platform.Hosting;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Platform.Queue;

/// <summary>
/// The queue over RabbitMQ. A delivery is acknowledged after the commit of its effect; what must come again later goes back through
/// the outbox's table, because a broker's requeue has no pause and forgets why.
/// </summary>
internal sealed partial class RabbitQueue(
    RabbitConnection connection, Database database, Outbox outbox, DeadLetters deadLetters, QueueOptions options, TimeProvider time, ILogger<RabbitQueue> logger)
    : IMessageQueue, IAsyncDisposable
{
    // What ran thirty times is compiled well, and that begins once nothing new has run for a tenth of a second.
    private const int Rounds = 3;
    private const int Messages = 40;
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan BrokerPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan DatabasePause = TimeSpan.FromSeconds(2);
    private readonly ConcurrentDictionary<string, RabbitConsumer> _consumers = new();
    private readonly SemaphoreSlim _starting = new(1, 1);

    public async Task<IReadOnlyList<Delivery>> ReceiveAsync(string topic, int max, CancellationToken cancellationToken)
    {
        while (true)
        {
            IReadOnlyList<Delivery> deliveries;
            try
            {
                var consumer = await ConsumerAsync(topic, max, cancellationToken);
                deliveries = await consumer.ReadAsync(max, cancellationToken);
            }
            catch (Exception exception) when (RabbitConnection.IsLoss(exception) && !cancellationToken.IsCancellationRequested)
            {
                LogLost(topic, exception.GetType().Name);
                await Task.Delay(BrokerPause, time, cancellationToken);
                continue;
            }

            if (deliveries.Count == 0)
                continue;
            CrashPoint.Reach("queue.leased");
            return deliveries;
        }
    }

    public Task SettleAsync(UnitOfWork work, IReadOnlyList<Delivery> deliveries, CancellationToken cancellationToken)
    {
        foreach (var token in deliveries.Select(delivery => (RabbitToken)delivery.Token))
        {
            if (!token.Channel.IsOpen)
                throw new LeaseLostException();
            work.AfterCommit(token.AckAsync);
        }

        return Task.CompletedTask;
    }

    public Task RetryAsync(Delivery delivery, TimeSpan after, string why, CancellationToken cancellationToken) =>
        delivery.Attempt >= options.DeliveryLimit
            ? DeadLetterAsync(delivery, why, cancellationToken)
            : SettleByAsync(
                delivery,
                work => outbox.AddAsync(work, delivery.Topic, delivery.Body, delivery.Attempt, after, why, cancellationToken),
                cancellationToken);

    public Task DeadLetterAsync(Delivery delivery, string reason, CancellationToken cancellationToken) =>
        SettleByAsync(delivery, work => deadLetters.AddAsync(work, delivery, reason, cancellationToken), cancellationToken);

    /// <summary>Through the outbox too: the broker would count a requeue, and a few restarts would kill a healthy message.</summary>
    public async Task ReleaseAsync(IReadOnlyList<Delivery> deliveries, CancellationToken cancellationToken)
    {
        try
        {
            await using var work = await database.BeginAsync(cancellationToken);
            await SettleAsync(work, deliveries, cancellationToken);
            foreach (var delivery in deliveries)
                await outbox.AddAsync(work, delivery.Topic, delivery.Body, delivery.Attempt - 1, TimeSpan.Zero, null, cancellationToken);
            await work.CommitAsync(cancellationToken);
        }
        catch (Exception exception)
        {
            LogHandedBack(exception.GetType().Name, deliveries.Count);
            foreach (var delivery in deliveries)
                await ((RabbitToken)delivery.Token).NackAsync();
        }
    }

    /// <summary>Through a queue of its own, which the broker removes with its reader.</summary>
    public async Task RehearseAsync(CancellationToken cancellationToken)
    {
        await using var channel = await connection.OpenChannelAsync(OutboxRelayWorker.Confirmed, cancellationToken);
        var made = await channel.QueueDeclareAsync("", durable: false, exclusive: true, autoDelete: true, cancellationToken: cancellationToken);
        await using var consumer = await RabbitConsumer.StartAsync(connection, made.QueueName, options.Prefetch, cancellationToken);
        for (var round = 0; round < Rounds; round++)
        {
            var sent = Enumerable.Range(0, Messages).Select(i => OutboxRelayWorker.PublishAsync(channel, "", made.QueueName, i, "rehearsal", 0, cancellationToken)).ToList();
            for (var taken = 0; taken < Messages;)
            {
                var deliveries = await consumer.ReadAsync(options.Prefetch, cancellationToken);
                if (deliveries.Count == 0)
                    return;
                foreach (var delivery in deliveries)
                    await ((RabbitToken)delivery.Token).AckAsync();
                taken += deliveries.Count;
            }

            await Task.WhenAll(sent);
            await Task.Delay(Between, TimeProvider.System, cancellationToken);
        }
    }

    public async Task<IReadOnlyDictionary<string, long>> DepthAsync(CancellationToken cancellationToken)
    {
        await using var channel = await connection.OpenChannelAsync(null, cancellationToken);
        var depth = new Dictionary<string, long>();
        foreach (var topic in Topics.All)
        {
            depth[topic] = await channel.MessageCountAsync(RabbitTopology.QueueOf(options, topic), cancellationToken)
                + await database.CountAsync("select count(*) from queue where topic = @topic", cancellationToken, ("@topic", topic));
        }

        return depth;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var consumer in _consumers.Values)
            await consumer.DisposeAsync();
        _starting.Dispose();
    }

    private async Task<RabbitConsumer> ConsumerAsync(string topic, int max, CancellationToken cancellationToken)
    {
        if (_consumers.TryGetValue(topic, out var running) && running.IsOpen)
            return running;
        await _starting.WaitAsync(cancellationToken);
        try
        {
            if (_consumers.TryGetValue(topic, out var old))
            {
                if (old.IsOpen)
                    return old;
                await old.DisposeAsync();
            }

            return _consumers[topic] = await RabbitConsumer.StartAsync(connection, RabbitTopology.QueueOf(options, topic), Math.Max(max, options.Prefetch), cancellationToken);
        }
        finally
        {
            _starting.Release();
        }
    }

    /// <summary>
    /// Writes what becomes of a delivery, then acknowledges it. While the database is away the delivery is held: handing it back
    /// would spend its deliveries on an outage that is not its fault.
    /// </summary>
    private async Task SettleByAsync(Delivery delivery, Func<UnitOfWork, Task> write, CancellationToken cancellationToken)
    {
        var token = (RabbitToken)delivery.Token;
        try
        {
            while (true)
            {
                try
                {
                    await using var work = await database.BeginAsync(cancellationToken);
                    await SettleAsync(work, [delivery], cancellationToken);
                    await write(work);
                    await work.CommitAsync(cancellationToken);
                    return;
                }
                catch (Exception exception) when (database.Dialect.IsTransient(exception))
                {
                    LogHeld(exception.GetType().Name, delivery.Topic);
                    await Task.Delay(DatabasePause, time, cancellationToken);
                }
            }
        }
        catch (LeaseLostException)
        {
            // It comes again by another channel.
        }
        catch (OperationCanceledException)
        {
            await token.NackAsync();
            throw;
        }
        catch (Exception exception)
        {
            LogHandedBack(exception.GetType().Name, 1);
            await Task.Delay(DatabasePause, time, cancellationToken);
            await token.NackAsync();
        }
    }

    [LoggerMessage(LogLevel.Warning, "Lost the broker while waiting for {Topic} ({Error}); beginning anew")]
    private partial void LogLost(string topic, string error);

    [LoggerMessage(LogLevel.Warning, "The database does not answer ({Error}); a message of {Topic} is held until it does")]
    private partial void LogHeld(string error, string topic);

    [LoggerMessage(LogLevel.Warning, "Could not write what becomes of {Count} message(s) ({Error}); the broker gives them out again")]
    private partial void LogHandedBack(string error, int count);
}
