using System.Globalization;
using System.Text;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using ThreatWatch.Platform.Hosting;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Platform.Queue;

/// <summary>
/// Publishes the outbox's rows and removes each once the broker has confirmed it. Any number of relays share the table, for each
/// takes rows that no other holds; a crash between publish and commit repeats messages and loses none.
/// </summary>
internal sealed partial class OutboxRelayWorker(
    Database database, Outbox outbox, RabbitConnection connection, QueueOptions options, TimeProvider time, ILogger<OutboxRelayWorker> logger)
    : BackgroundService
{
    private const int Batch = 500;

    // Delayed rows and those of processes that died are not signalled.
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan ConfirmLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan RefusedPause = TimeSpan.FromSeconds(5);

    /// <summary>A channel on which a publication ends with the broker's word that it has the message.</summary>
    internal static readonly CreateChannelOptions Confirmed = new(
        publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true, outstandingPublisherConfirmationsRateLimiter: null);

    private IChannel? _channel;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await WorkerLoop.RunAsync(RunOnceAsync, TimeSpan.Zero, time, logger, stoppingToken);
        if (_channel is not null)
            await _channel.DisposeAsync();
    }

    /// <summary>Publishes what is due; waits a little where nothing is.</summary>
    public async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        if (await RelayAsync(cancellationToken) == 0)
            await outbox.WaitAnyAsync(Poll, cancellationToken);
    }

    /// <summary>One batch; the number of rows that it saw.</summary>
    private async Task<int> RelayAsync(CancellationToken cancellationToken)
    {
        if (await database.CountAsync("select 1 from queue where visible_at <= @now limit 1", cancellationToken, ("@now", time.GetUtcNow())) == 0)
            return 0;
        // Before the transaction: no row is to be locked while a broker is waited for.
        var channel = await ChannelAsync(cancellationToken);
        // A row that comes back after a power cut is published twice, which its effect's key bears.
        await using var work = await database.BeginPassingAsync(cancellationToken);
        var rows = await work.QueryAsync(
            "select id, topic, body, attempts from queue where visible_at <= @now order by id limit @most" + work.Dialect.SkipLocked,
            reader => new Row(reader.GetInt64(0), reader.GetString(1), reader.GetString(2), reader.Int(3)),
            cancellationToken,
            ("@now", time.GetUtcNow()),
            ("@most", Batch));
        if (rows.Count == 0)
            return 0;

        using var limit = new CancellationTokenSource(ConfirmLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var outcomes = await Task.WhenAll(rows.Select(row => PublishAsync(channel, row, either.Token)).ToList());
        CrashPoint.Reach("outbox.published");
        await work.ExecuteAsync(
            $"delete from queue where {work.Dialect.In("id", "@ids")}", CancellationToken.None, ("@ids", IdsOf(Outcome.Confirmed)));
        await work.ExecuteAsync(
            $"update queue set visible_at = @later where {work.Dialect.In("id", "@ids")}",
            CancellationToken.None,
            ("@ids", IdsOf(Outcome.Refused)),
            ("@later", time.GetUtcNow() + RefusedPause));

        // Not cancelled: what was confirmed would be sent once more.
        await work.CommitAsync(CancellationToken.None);
        var refused = outcomes.Count(outcome => outcome == Outcome.Refused);
        if (refused > 0)
        {
            LogRefused(refused);
            await connection.DeclareAsync(cancellationToken);
        }

        return rows.Count;

        object IdsOf(Outcome wanted) => work.Dialect.ListParameter(rows.Zip(outcomes).Where(pair => pair.Second == wanted).Select(pair => pair.First.Id).ToList());
    }

    private async Task<IChannel> ChannelAsync(CancellationToken cancellationToken)
    {
        if (_channel is { IsOpen: true } open)
            return open;
        if (_channel is not null)
            await _channel.DisposeAsync();
        return _channel = await connection.OpenChannelAsync(Confirmed, cancellationToken);
    }

    /// <summary>Returns once the broker has the message for good.</summary>
    internal static async Task PublishAsync(
        IChannel channel, string exchange, string key, long id, string body, int attempts, CancellationToken cancellationToken)
    {
        var properties = new BasicProperties
        {
            DeliveryMode = DeliveryModes.Persistent,
            ContentType = "application/json",
            MessageId = id.ToString(CultureInfo.InvariantCulture),
        };
        if (attempts > 0)
            properties.Headers = new Dictionary<string, object?> { [RabbitTopology.AttemptsHeader] = attempts };
        // Mandatory: a message that fits no queue comes back instead of vanishing.
        await channel.BasicPublishAsync(exchange, key, mandatory: true, properties, Encoding.UTF8.GetBytes(body), cancellationToken);
    }

    private async Task<Outcome> PublishAsync(IChannel channel, Row row, CancellationToken cancellationToken)
    {
        try
        {
            await PublishAsync(channel, options.Prefix, row.Topic, row.Id, row.Body, row.Attempts, cancellationToken);
            return Outcome.Confirmed;
        }
        catch (PublishException)
        {
            return Outcome.Refused;
        }
        catch (Exception exception) when (RabbitConnection.IsLoss(exception) || exception is OperationCanceledException)
        {
            return Outcome.Unknown;
        }
    }

    [LoggerMessage(LogLevel.Error, "RabbitMQ refused or returned {Count} message(s); they stay in the outbox, and the queues are declared anew")]
    private partial void LogRefused(int count);

    private enum Outcome
    {
        Confirmed,
        Refused,
        Unknown,
    }

    private sealed record Row(long Id, string Topic, string Body, int Attempts);
}
