using System.Diagnostics;
using System.Text;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using ThreatWatch.Ingest.Sources;

namespace ThreatWatch.Bench;

/// <summary>The broker by itself: persistent messages as long as a post, confirmed, then delivered and acknowledged one by one.</summary>
internal static class RawBroker
{
    private const int InFlight = 256;

    public static async Task<(double Published, double Delivered)> MeasureAsync(string uri, string queue, IReadOnlyList<PostItem> posts)
    {
        await using var connection = await new ConnectionFactory { Uri = new Uri(uri) }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true));
        await channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false, new Dictionary<string, object?> { ["x-queue-type"] = "quorum" });

        var start = Stopwatch.GetTimestamp();
        var waiting = new Queue<Task>();
        foreach (var post in posts)
        {
            if (waiting.Count == InFlight)
                await waiting.Dequeue();
            waiting.Enqueue(channel.BasicPublishAsync("", queue, mandatory: true, new BasicProperties { Persistent = true }, Encoding.UTF8.GetBytes(post.Text)).AsTask());
        }

        while (waiting.TryDequeue(out var confirm))
            await confirm;
        var published = posts.Count / Stopwatch.GetElapsedTime(start).TotalSeconds;

        await channel.BasicQosAsync(0, InFlight, false);
        var done = new TaskCompletionSource();
        var left = posts.Count;
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += async (_, delivery) =>
        {
            await channel.BasicAckAsync(delivery.DeliveryTag, multiple: false);
            if (--left == 0)
                done.SetResult();
        };
        start = Stopwatch.GetTimestamp();
        await channel.BasicConsumeAsync(queue, autoAck: false, consumer);
        await done.Task;
        var delivered = posts.Count / Stopwatch.GetElapsedTime(start).TotalSeconds;
        await channel.QueueDeleteAsync(queue);
        return (published, delivered);
    }
}
