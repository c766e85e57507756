using ThreatWatch.Platform.Hosting;

namespace ThreatWatch.Platform.Queue;

/// <summary>How facts travel between roles. Section "queue" of the configuration.</summary>
public sealed record QueueOptions
{
    public QueueProvider Provider { get; init; } = QueueProvider.Embedded;

    /// <summary>RabbitMQ: "amqp://user:password@host:5672/vhost" (amqps for TLS).</summary>
    public Secret Uri { get; init; } = Secret.None;

    /// <summary>Prefix of the exchange and queues, so that several districts can share a broker.</summary>
    public string Prefix { get; init; } = "threatwatch";

    /// <summary>Messages that one worker holds unsettled. 1 to 1000.</summary>
    public int Prefetch { get; init; } = 64;

    /// <summary>A delivery that is not settled by then is given to another worker (embedded queue).</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Deliveries of one message before it goes to the dead letters. 2 to 100.</summary>
    public int DeliveryLimit { get; init; } = 8;

    internal static void Validate(QueueOptions options, Problems problems)
    {
        if (options.Provider == QueueProvider.RabbitMq && (options.Uri.IsEmpty
            || !System.Uri.TryCreate(options.Uri.Reveal(), UriKind.Absolute, out var uri) || uri.Scheme is not ("amqp" or "amqps")))
            problems.Add("uri", "must be an address such as \"amqp://user:password@localhost:5672/\" with \"provider\": \"rabbitMq\"");
        if (options.Prefetch is < 1 or > 1000)
            problems.Add("prefetch", "must be 1 to 1000");
        if (options.DeliveryLimit is < 2 or > 100)
            problems.Add("deliveryLimit", "must be 2 to 100");
        if (options.Lease < TimeSpan.FromSeconds(5))
            problems.Add("lease", "must be at least 5s");
    }
}

/// <summary>The two queues that one contract suite holds equal.</summary>
public enum QueueProvider
{
    Embedded,
    RabbitMq,
}
