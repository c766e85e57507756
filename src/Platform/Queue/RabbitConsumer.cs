using System.Globalization;
using System.Text;
using System.Threading.Channels;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace ThreatWatch.Platform.Queue;

/// <summary>Takes what the broker pushes for one queue and holds it until asked. It lives as long as its channel, then a new one is made.</summary>
internal sealed class RabbitConsumer : IAsyncDisposable
{
    private readonly IChannel _channel;
    private readonly Channel<Delivery> _arrived = System.Threading.Channels.Channel.CreateUnbounded<Delivery>();

    private RabbitConsumer(IChannel channel) => _channel = channel;

    public bool IsOpen => _channel.IsOpen && !_arrived.Reader.Completion.IsCompleted;

    /// <summary>Starts to consume; at most <paramref name="prefetch"/> deliveries are unsettled at a time.</summary>
    public static async Task<RabbitConsumer> StartAsync(
        RabbitConnection connection, string queue, int prefetch, CancellationToken cancellationToken)
    {
        // Perhaps the last consumer ended because somebody deleted the queue.
        await connection.DeclareAsync(cancellationToken);
        var channel = await connection.OpenChannelAsync(null, cancellationToken);
        var consumer = new RabbitConsumer(channel);
        try
        {
            var events = new AsyncEventingBasicConsumer(channel);
            events.ReceivedAsync += consumer.TakeAsync;
            events.ShutdownAsync += (_, _) => consumer.EndAsync();
            // The broker cancels a consumer whose queue was deleted.
            events.UnregisteredAsync += (_, _) => consumer.EndAsync();
            await channel.BasicQosAsync(0, (ushort)prefetch, false, cancellationToken);
            await channel.BasicConsumeAsync(queue, autoAck: false, events, cancellationToken);
            return consumer;
        }
        catch
        {
            await consumer.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits for a first delivery and takes up to <paramref name="max"/>; none when the channel is gone.</summary>
    public async Task<IReadOnlyList<Delivery>> ReadAsync(int max, CancellationToken cancellationToken)
    {
        var deliveries = new List<Delivery>();
        while (deliveries.Count == 0 && await _arrived.Reader.WaitToReadAsync(cancellationToken))
        {
            while (deliveries.Count < max && _arrived.Reader.TryRead(out var delivery))
                deliveries.Add(delivery);
        }

        // What came by a channel that is gone comes again by the next one.
        return _channel.IsOpen ? deliveries : [];
    }

    public async ValueTask DisposeAsync()
    {
        _arrived.Writer.TryComplete();
        try
        {
            await _channel.DisposeAsync();
        }
        catch (Exception exception) when (RabbitConnection.IsLoss(exception) || exception is OperationCanceledException)
        {
            // The connection went first.
        }
    }

    private Task TakeAsync(object sender, BasicDeliverEventArgs arrived)
    {
        // The body is the client's buffer: it is only ours until we return.
        var body = Encoding.UTF8.GetString(arrived.Body.Span);
        var earlier = Number(arrived.BasicProperties, RabbitTopology.AttemptsHeader) + Number(arrived.BasicProperties, "x-delivery-count");
        _arrived.Writer.TryWrite(new Delivery(arrived.RoutingKey, body, 1 + (int)earlier, new RabbitToken(_channel, arrived.DeliveryTag, ReasonOf(arrived.BasicProperties))));
        return Task.CompletedTask;
    }

    private Task EndAsync()
    {
        _arrived.Writer.TryComplete();
        return Task.CompletedTask;
    }

    private static long Number(IReadOnlyBasicProperties properties, string header) =>
        properties.Headers?.TryGetValue(header, out var value) == true && value is IConvertible number ? number.ToInt64(CultureInfo.InvariantCulture) : 0;

    /// <summary>Why the broker itself put a message aside; null for one that it didn't.</summary>
    private static string? ReasonOf(IReadOnlyBasicProperties properties) =>
        properties.Headers?.TryGetValue("x-death", out var deaths) == true
        && deaths is IList<object> { Count: > 0 } list && list[0] is IDictionary<string, object> death
        && death.TryGetValue("reason", out var reason) && reason is byte[] text
            ? Encoding.UTF8.GetString(text)
            : null;
}

/// <summary>What settles a delivery: its tag is worth something on its own channel only.</summary>
internal sealed record RabbitToken(IChannel Channel, ulong Tag, string? DeathReason)
{
    /// <summary>Acknowledges; where the channel is gone the broker delivers again, which the effect's idempotence bears.</summary>
    public async Task AckAsync()
    {
        try
        {
            if (Channel.IsOpen)
                await Channel.BasicAckAsync(Tag, multiple: false);
        }
        catch (Exception exception) when (RabbitConnection.IsLoss(exception) || exception is OperationCanceledException)
        {
            // Comes again.
        }
    }

    /// <summary>Gives back at once; the broker counts it as a delivery.</summary>
    public async Task NackAsync()
    {
        try
        {
            if (Channel.IsOpen)
                await Channel.BasicNackAsync(Tag, multiple: false, requeue: true);
        }
        catch (Exception exception) when (RabbitConnection.IsLoss(exception) || exception is OperationCanceledException)
        {
            // Comes again.
        }
    }
}
