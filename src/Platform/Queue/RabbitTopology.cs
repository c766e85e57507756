using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using ThreatWatch.Core;

namespace ThreatWatch.Platform.Queue;

/// <summary>
/// What must exist on the broker: an exchange, a quorum queue for each topic, and a queue for what was delivered too often. Arguments
/// are those that RabbitMQ 3.10 and 4 both understand.
/// </summary>
internal sealed partial class RabbitTopology(QueueOptions options, ILogger logger)
{
    public const string AttemptsHeader = "attempts";

    public static string QueueOf(QueueOptions options, string topic) => $"{options.Prefix}.{topic}";

    public static string DeadQueueOf(QueueOptions options) => $"{options.Prefix}.dead";

    public async Task DeclareAsync(IConnection connection, CancellationToken cancellationToken)
    {
        var dead = DeadQueueOf(options);
        await using (var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken))
        {
            await channel.ExchangeDeclareAsync(options.Prefix, ExchangeType.Direct, durable: true, cancellationToken: cancellationToken);
            await channel.ExchangeDeclareAsync(dead, ExchangeType.Fanout, durable: true, cancellationToken: cancellationToken);
        }

        // No limit on the last queue: where else should its messages go? (RabbitMQ 4 sets one of 20 by itself and would drop them.)
        await DeclareQueueAsync(connection, dead, dead, "", new() { ["x-queue-type"] = "quorum", ["x-delivery-limit"] = 1_000_000 }, cancellationToken);
        foreach (var topic in Topics.All)
        {
            var arguments = new Dictionary<string, object?>
            {
                ["x-queue-type"] = "quorum",
                ["x-delivery-limit"] = options.DeliveryLimit - 1, // It counts the deliveries after the first.
                ["x-dead-letter-exchange"] = dead,
                ["x-dead-letter-strategy"] = "at-least-once",
                ["x-overflow"] = "reject-publish", // Needed by at-least-once; no length is set, so nothing overflows.
            };
            await DeclareQueueAsync(connection, QueueOf(options, topic), options.Prefix, topic, arguments, cancellationToken);
        }
    }

    private async Task DeclareQueueAsync(
        IConnection connection, string queue, string exchange, string key, Dictionary<string, object?> arguments, CancellationToken cancellationToken)
    {
        // A channel each: the broker closes it where the queue is there with other arguments.
        await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
        try
        {
            await channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false, arguments, cancellationToken: cancellationToken);
            await channel.QueueBindAsync(queue, exchange, key, cancellationToken: cancellationToken);
        }
        catch (OperationInterruptedException exception) when (exception.ShutdownReason?.ReplyCode == Constants.PreconditionFailed)
        {
            LogOther(queue, exception.ShutdownReason.ReplyText);
            await using var second = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
            await second.QueueBindAsync(queue, exchange, key, cancellationToken: cancellationToken);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Queue {Queue} was made with other settings and keeps them until it is deleted and made anew: {Reason}")]
    private partial void LogOther(string queue, string reason);
}
