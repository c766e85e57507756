using System.Text.Json;
using Microsoft.Extensions.Logging;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Platform.Queue;

/// <summary>
/// Runs a handler over deliveries so that its effect and the settlement commit together. A batch that fails is tried again one by one,
/// so that a poison message costs only itself: it comes again with growing pauses, then goes to the dead letters with its reason.
/// </summary>
public sealed partial class MessagePump(Database database, IMessageQueue queue, QueueOptions options, ILogger<MessagePump> logger)
{
    /// <summary>Handles messages of one kind inside a transaction; what it throws rolls it back.</summary>
    public delegate Task Handler<T>(UnitOfWork work, IReadOnlyList<T> messages, CancellationToken cancellationToken);

    /// <summary>Waits for messages of a topic, handles what there is (up to the prefetch) and returns.</summary>
    /// <param name="prefetches">For handlers to which a large batch costs little more than a small one: that many times the prefetch at once.</param>
    public async Task RunOnceAsync<T>(string topic, Handler<T> handler, CancellationToken cancellationToken, int prefetches = 1)
    {
        var deliveries = await queue.ReceiveAsync(topic, prefetches * options.Prefetch, cancellationToken);
        var readable = new List<(Delivery Delivery, T Message)>();
        foreach (var delivery in deliveries)
        {
            try
            {
                readable.Add((delivery, Json.Read<T>(delivery.Body)));
            }
            catch (JsonException exception)
            {
                LogUnreadable(topic);
                await queue.DeadLetterAsync(delivery, $"not a {typeof(T).Name}: {exception.Message}", cancellationToken);
            }
        }

        if (readable.Count == 0)
            return;
        try
        {
            await HandleAsync(readable, handler, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await queue.ReleaseAsync(readable.ConvertAll(pair => pair.Delivery), CancellationToken.None);
            throw;
        }
        catch (Exception exception)
        {
            if (readable.Count > 1)
                LogSplit(topic, readable.Count, exception.GetType().Name);
            foreach (var pair in readable)
                await HandleOneAsync(topic, pair, handler, readable.Count == 1 ? exception : null, cancellationToken);
        }
    }

    private async Task HandleOneAsync<T>(
        string topic, (Delivery Delivery, T Message) pair, Handler<T> handler, Exception? failed, CancellationToken cancellationToken)
    {
        var exception = failed;
        if (exception is null)
        {
            try
            {
                await HandleAsync([pair], handler, cancellationToken);
                return;
            }
            catch (Exception inner) when (inner is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
            {
                exception = inner;
            }
        }

        if (exception is LeaseLostException)
            return;
        var pause = TimeSpan.FromSeconds(Math.Min(300, Math.Pow(2, pair.Delivery.Attempt)));
        LogFailed(exception, topic, pair.Delivery.Attempt, options.DeliveryLimit);
        // The type only: a message of a driver or parser may quote the text of a post.
        await queue.RetryAsync(pair.Delivery, pause, exception.GetType().Name, cancellationToken);
    }

    private async Task HandleAsync<T>(List<(Delivery Delivery, T Message)> pairs, Handler<T> handler, CancellationToken cancellationToken)
    {
        await using var work = await database.BeginAsync(cancellationToken);
        await handler(work, pairs.ConvertAll(pair => pair.Message), cancellationToken);
        await queue.SettleAsync(work, pairs.ConvertAll(pair => pair.Delivery), cancellationToken);
        await work.CommitAsync(cancellationToken);
    }

    [LoggerMessage(LogLevel.Error, "A message of {Topic} can't be read and goes to the dead letters")]
    private partial void LogUnreadable(string topic);

    [LoggerMessage(LogLevel.Warning, "A batch of {Count} messages of {Topic} failed ({Error}); trying them one by one")]
    private partial void LogSplit(string topic, int count, string error);

    [LoggerMessage(LogLevel.Error, "A message of {Topic} failed at delivery {Attempt} of {Limit}")]
    private partial void LogFailed(Exception exception, string topic, int attempt, int limit);
}
