using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ThreatWatch.Platform.Hosting;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Platform.Queue;

/// <summary>
/// Brings what the broker put aside (delivered too often without an answer: its workers died) to the table of dead letters, where
/// <c>status</c> and redelivery find it beside those that we put there ourselves.
/// </summary>
internal sealed partial class BrokerDeadLettersWorker(
    RabbitConnection connection, Database database, DeadLetters deadLetters, QueueOptions options, TimeProvider time, ILogger<BrokerDeadLettersWorker> logger)
    : BackgroundService
{
    private RabbitConsumer? _consumer;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await WorkerLoop.RunAsync(RunOnceAsync, TimeSpan.Zero, time, logger, stoppingToken);
        if (_consumer is not null)
            await _consumer.DisposeAsync();
    }

    /// <summary>Waits for dead messages and records them; what fails stays on the broker.</summary>
    public async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        if (_consumer is not { IsOpen: true })
        {
            if (_consumer is not null)
                await _consumer.DisposeAsync();
            _consumer = await RabbitConsumer.StartAsync(connection, RabbitTopology.DeadQueueOf(options), options.Prefetch, cancellationToken);
        }

        var deliveries = await _consumer.ReadAsync(options.Prefetch, cancellationToken);
        if (deliveries.Count == 0)
            return;
        try
        {
            await using var work = await database.BeginAsync(cancellationToken);
            foreach (var delivery in deliveries)
            {
                var token = (RabbitToken)delivery.Token;
                await deadLetters.AddAsync(work, delivery with { Attempt = options.DeliveryLimit }, ReasonOf(token.DeathReason), cancellationToken);
                work.AfterCommit(token.AckAsync);
            }

            await work.CommitAsync(cancellationToken);
            LogDead(deliveries.Count);
        }
        catch
        {
            // A new consumer gets them again, after the loop's pause.
            await _consumer.DisposeAsync();
            throw;
        }
    }

    private string ReasonOf(string? death) => death switch
    {
        "delivery_limit" => $"its worker died {options.DeliveryLimit} times",
        null => "put among the dead by hand",
        _ => $"the broker put it aside: {death}",
    };

    [LoggerMessage(LogLevel.Error, "{Count} message(s) were delivered too often and are dead letters now; see: threatwatch status")]
    private partial void LogDead(int count);
}
