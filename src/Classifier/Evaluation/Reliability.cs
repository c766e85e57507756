using ThreatWatch.Classifier.Model;

namespace ThreatWatch.Classifier.Evaluation;

/// <summary>One stretch of said probabilities and the share that came true: on the diagonal a score means what it says.</summary>
public sealed record Reliability(double Mean, Share Came)
{
    private const int Bins = 10;

    public static IReadOnlyList<Reliability> Of(IReadOnlyList<(double Score, bool Label)> scored) =>
    [
        .. scored.GroupBy(post => Math.Min(Bins - 1, (int)(post.Score * Bins))).OrderBy(bin => bin.Key)
            .Select(bin => new Reliability(bin.Average(post => post.Score), new Share(bin.Count(post => post.Label), bin.Count()))),
    ];
}
