using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ThreatWatch.Core;
using ThreatWatch.Platform.Hosting;
using ThreatWatch.Platform.Queue;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Alerting.Intake;

/// <summary>Finds posts judged High or Critical that reached no alert, and puts them into the queue again: it repairs a lost message.</summary>
public sealed partial class UnalertedSweepWorker(
    Database database, AssessmentStore assessments, PostStore posts, Outbox outbox, TimeProvider time, ILogger<UnalertedSweepWorker> logger) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(1);

    // Longer than a lease and its retries under load; a message that only waits would otherwise be doubled (harmless, but noise).
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Horizon = TimeSpan.FromDays(2);
    private const int Most = 500;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        WorkerLoop.RunAsync(RunOnceAsync, Every, time, logger, stoppingToken);

    public async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var lost = await assessments.UnalertedAsync(now - Patience, now - Horizon, Most, cancellationToken);
        if (lost.Count == 0)
            return;
        var alive = (await posts.FindAsync([.. lost.Select(row => row.PostId)], cancellationToken))
            .Where(post => post.RetractedAt is null)
            .ToDictionary(post => post.Id);
        var again = lost.Where(row => alive.ContainsKey(row.PostId)).DistinctBy(row => row.PostId).ToList();
        if (again.Count == 0)
            return;
        await using var work = await database.BeginAsync(cancellationToken);
        foreach (var row in again)
        {
            var schools = alive[row.PostId].Schools.Select(match => match.SchoolId).Distinct().ToList();
            await outbox.AddAsync(work, Topics.RiskDetected, new RiskDetected(row.PostId, row.Level, row.Category, schools, row.AssessedAt), cancellationToken);
        }

        await work.CommitAsync(cancellationToken);
        LogSwept(again.Count);
    }

    [LoggerMessage(LogLevel.Warning, "{Count} post(s) judged High or Critical had reached no alert and are on their way again")]
    private partial void LogSwept(int count);
}
