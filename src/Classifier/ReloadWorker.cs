using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ThreatWatch.Platform.Hosting;

namespace ThreatWatch.Classifier;

/// <summary>Takes over edits of keywords, thresholds and model within a second or two, without a restart.</summary>
public sealed class ReloadWorker(CurrentAssessor assessor, TimeProvider time, ILogger<ReloadWorker> logger) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => WorkerLoop.RunAsync(RunOnceAsync, Every, time, logger, stoppingToken);

    public Task RunOnceAsync(CancellationToken cancellationToken)
    {
        assessor.Refresh();
        return Task.CompletedTask;
    }
}
