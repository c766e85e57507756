using ThreatWatch.Core;

namespace ThreatWatch.Classifier.Evaluation;

/// <summary>Recall and false alarms at every threshold of one category.</summary>
public sealed record CurvePoint(double Threshold, double Recall, double FalseAlarms)
{
    /// <summary>From the highest threshold to the lowest; equal scores are one point.</summary>
    public static IReadOnlyList<CurvePoint> Of(IReadOnlyList<JudgedPost> judged, Category category)
    {
        var posts = judged.Where(post => post.Post.Truth is null || post.Post.Truth == category)
            .Select(post => (Score: post.Score(category), IsDanger: post.Post.Truth == category)).OrderByDescending(post => post.Score).ToList();
        double dangers = posts.Count(post => post.IsDanger), others = posts.Count - dangers;
        var points = new List<CurvePoint>();
        if (dangers == 0 || others == 0)
            return points;
        int found = 0, wrong = 0;
        for (var i = 0; i < posts.Count; i++)
        {
            (found, wrong) = posts[i].IsDanger ? (found + 1, wrong) : (found, wrong + 1);
            if (i + 1 == posts.Count || posts[i + 1].Score != posts[i].Score)
                points.Add(new CurvePoint(posts[i].Score, found / dangers, wrong / others));
        }

        return points;
    }
}
