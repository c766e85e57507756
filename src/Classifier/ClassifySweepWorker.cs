using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ThreatWatch.Core;
using ThreatWatch.Platform.Hosting;
using ThreatWatch.Platform.Queue;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Classifier;

/// <summary>
/// Finds posts that nobody has judged, because a message was lost or put aside, and asks for them again; and forgets the words of posts
/// that were taken back or whose days are over, which the reasons of their assessments quote.
/// </summary>
public sealed partial class ClassifySweepWorker(
    Database database, PostStore posts, AssessmentStore assessments, IMessageQueue queue, Outbox outbox, TimeProvider time, ILogger<ClassifySweepWorker> logger) : BackgroundService
{
    private const int Most = 1000;
    private const int PerMessage = 100;
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(1);

    // Longer than any message needs on its way.
    private static readonly TimeSpan Age = TimeSpan.FromMinutes(3);

    // A post that can't be judged at all is asked for once an hour, not once a minute.
    private static readonly TimeSpan Again = TimeSpan.FromHours(1);
    private static readonly TimeSpan ForgetEvery = TimeSpan.FromMinutes(5);
    private readonly Dictionary<string, DateTimeOffset> _asked = [];
    private DateTimeOffset _forgotAt;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => WorkerLoop.RunAsync(RunOnceAsync, Every, time, logger, stoppingToken);

    public async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (now - _forgotAt >= ForgetEvery)
        {
            await assessments.ForgetAsync(cancellationToken);
            _forgotAt = now;
        }

        foreach (var id in _asked.Where(pair => pair.Value <= now - Again).Select(pair => pair.Key).ToList())
            _asked.Remove(id);
        // What still waits in the queue is late, not lost.
        if ((await queue.DepthAsync(cancellationToken))[Topics.PostIngested] > 0)
            return;
        var lost = (await posts.UnassessedAsync(now - Age, Most, cancellationToken)).Where(id => !_asked.ContainsKey(id)).ToList();
        if (lost.Count == 0)
            return;
        await using var work = await database.BeginAsync(cancellationToken);
        foreach (var chunk in lost.Chunk(PerMessage))
            await outbox.AddAsync(work, Topics.PostIngested, new PostIngested(chunk), cancellationToken);
        await work.CommitAsync(cancellationToken);
        foreach (var id in lost)
            _asked[id] = now;
        LogFound(lost.Count);
    }

    [LoggerMessage(LogLevel.Warning, "{Count} post(s) had not been judged; asked for again")]
    private partial void LogFound(int count);
}
