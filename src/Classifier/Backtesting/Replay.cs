using ThreatWatch.Classifier.Model;
using ThreatWatch.Classifier.Risk;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Classifier.Backtesting;

/// <summary>Judges the district's stored posts under two settings; reads the next page while one is judged.</summary>
internal static class Replay
{
    private const int Page = 4000;

    public static async Task<Comparison> RunAsync(PostStore posts, DateTimeOffset since, Assessor before, Assessor after, CancellationToken cancellationToken)
    {
        var comparison = new Comparison();
        var reading = posts.PageAsync(since, "", Page, cancellationToken);
        while (true)
        {
            var page = await reading;
            if (page.Count == 0)
                return comparison;
            reading = posts.PageAsync(since, page[^1].Id, Page, cancellationToken);
            var judged = new (Scores? ScoresBefore, Verdict Before, Scores? ScoresAfter, Verdict After)[page.Count];
            await Task.Run(
                () => Parallel.For(0, page.Count, i =>
                {
                    var text = page[i].FullText;
                    var scores = before.Score(text);
                    var changed = after.ModelVersion == before.ModelVersion ? scores : after.Score(text);
                    judged[i] = (scores, before.Decide(text, scores), changed, after.Decide(text, changed));
                }),
                cancellationToken);
            for (var i = 0; i < page.Count; i++)
            {
                var (post, one) = (page[i], judged[i]);
                if (post.IsDrill)
                    continue;
                comparison.Add(
                    post, one.Before.Level, one.Before.Category, one.After.Level, one.After.Category,
                    isAfter => isAfter ? after.Reasons(post.FullText, one.ScoresAfter, one.After) : before.Reasons(post.FullText, one.ScoresBefore, one.Before));
            }
        }
    }

    /// <summary>The same from what a shadow has recorded, without judging anything again.</summary>
    public static async Task<Comparison> OfShadowAsync(AssessmentStore assessments, PostStore posts, DateTimeOffset since, CancellationToken cancellationToken)
    {
        var comparison = new Comparison();
        foreach (var chunk in (await assessments.ShadowedAsync(since, cancellationToken)).Chunk(Page))
        {
            var byId = (await posts.FindAsync([.. chunk.Select(pair => pair.Live.PostId)], cancellationToken)).ToDictionary(post => post.Id);
            foreach (var (live, shadow) in chunk)
            {
                if (byId.TryGetValue(live.PostId, out var post) && !post.IsDrill)
                    comparison.Add(post, live.Level, live.Category, shadow.Level, shadow.Category, isAfter => isAfter ? shadow.Reasons : live.Reasons);
            }
        }

        return comparison;
    }
}
