using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ThreatWatch.Core;
using ThreatWatch.Platform.Hosting;
using ThreatWatch.Platform.Queue;

namespace ThreatWatch.Alerting.Intake;

/// <summary>Takes posts that were judged High or Critical from the queue and makes alerts of them.</summary>
public sealed class AlertIntakeWorker(MessagePump pump, AlertIntake intake, TimeProvider time, ILogger<AlertIntakeWorker> logger) : BackgroundService
{
    // A commit costs as much as dozens of posts, and a wave of threats comes by the hundred.
    private const int Prefetches = 4;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        WorkerLoop.RunAsync(RunOnceAsync, TimeSpan.Zero, time, logger, stoppingToken);

    /// <summary>Waits for messages, handles what there is and returns.</summary>
    public Task RunOnceAsync(CancellationToken cancellationToken) =>
        pump.RunOnceAsync<RiskDetected>(Topics.RiskDetected, intake.HandleAsync, cancellationToken, Prefetches);
}
