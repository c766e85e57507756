using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ThreatWatch.Platform.Hosting;

namespace ThreatWatch.Ingest.Retention;

/// <summary>Runs the retention every hour: a promise to delete must not hang on somebody's remembering a command.</summary>
public sealed partial class RetentionWorker(RetentionRun retention, TimeProvider time, ILogger<RetentionWorker> logger) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromHours(1);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        WorkerLoop.RunAsync(RunOnceAsync, Every, time, logger, stoppingToken);

    public async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        foreach (var (source, days, texts) in await retention.RunAsync(isDryRun: false, cancellationToken))
            LogDeleted(source, texts, days);
    }

    [LoggerMessage(LogLevel.Information, "Source {Source}: {Texts} text(s) older than {Days} day(s) deleted")]
    private partial void LogDeleted(string source, long texts, int days);
}
