using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ThreatWatch.Core;
using ThreatWatch.Platform.Hosting;
using ThreatWatch.Platform.Queue;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Classifier;

/// <summary>
/// Judges what Ingest stored: assessments, and a message for each post that is High or Critical, in the transaction that settles the
/// delivery. A message that comes twice finds its assessments there and sends nothing.
/// </summary>
public sealed partial class ClassifyWorker(
    MessagePump pump, Outbox outbox, CurrentAssessor assessor, TimeProvider time, ILogger<ClassifyWorker> logger) : BackgroundService
{
    // Below this the threads cost more than they give.
    private const int ParallelFrom = 256;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        WorkerLoop.RunAsync(RunOnceAsync, TimeSpan.Zero, time, logger, stoppingToken);

    /// <summary>Waits for messages, handles what there is and returns.</summary>
    public Task RunOnceAsync(CancellationToken cancellationToken) => pump.RunOnceAsync<PostIngested>(Topics.PostIngested, HandleAsync, cancellationToken);

    private async Task HandleAsync(UnitOfWork work, IReadOnlyList<PostIngested> messages, CancellationToken cancellationToken)
    {
        var ids = messages.SelectMany(message => message.PostIds).Distinct().ToList();
        // A post that was taken back, or whose time is over, has no text: there is nothing to judge any more.
        var posts = (await PostStore.FindAsync(work, ids, cancellationToken)).Where(post => post.Text is not null && post.RetractedAt is null).ToList();
        var now = time.GetUtcNow();
        var (live, shadow) = assessor.Get();
        var assessments = Assess(live, posts, now);
        var added = await AssessmentStore.AddAsync(work, assessments, cancellationToken);
        if (shadow is not null)
            await AssessmentStore.AddAsync(work, Assess(shadow, posts, now), cancellationToken, shadow: true);

        var risky = assessments.Where(assessment => assessment.Level >= RiskLevel.High && added.Contains(assessment.PostId)).ToList();
        var earlier = risky.Count == 0 ? new Dictionary<string, RiskLevel>()
            : await AssessmentStore.EarlierLevelsAsync(work, risky, cancellationToken);
        foreach (var assessment in risky)
        {
            // An edit that says no worse, or a second look under newer rules, is no news: people were told already.
            if (earlier.TryGetValue(assessment.PostId, out var before) && before >= assessment.Level)
                continue;
            var schools = posts.Find(post => post.Id == assessment.PostId)!.Schools.Select(school => school.SchoolId).Distinct().ToList();
            await outbox.AddAsync(
                work, Topics.RiskDetected, new RiskDetected(assessment.PostId, assessment.Level, assessment.Category, schools, now), cancellationToken);
            LogDetected(assessment.PostId, assessment.Level, assessment.Category);
        }

        CrashPoint.Reach("classify.before-commit");
        work.AfterCommit(() =>
        {
            CrashPoint.Reach("classify.committed");
            return Task.CompletedTask;
        });
    }

    private static Assessment[] Assess(Assessor by, List<Post> posts, DateTimeOffset now)
    {
        var assessments = new Assessment[posts.Count];
        if (posts.Count >= ParallelFrom && Environment.ProcessorCount > 1)
            Parallel.For(0, posts.Count, i => assessments[i] = by.Assess(posts[i], now));
        else
        {
            for (var i = 0; i < assessments.Length; i++)
                assessments[i] = by.Assess(posts[i], now);
        }

        return assessments;
    }

    [LoggerMessage(LogLevel.Warning, "Post {PostId} is {Level} ({Category})")]
    private partial void LogDetected(string postId, RiskLevel level, Category category);
}
