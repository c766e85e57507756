using ThreatWatch.Classifier.Model;
using ThreatWatch.Core;
using Category = ThreatWatch.Core.Category;

namespace ThreatWatch.Classifier.Evaluation;

/// <summary>How a level of a category does on labelled posts: what it finds, and what it takes for danger that is none.</summary>
/// <param name="Recall">Of the posts that hold this danger, the share at this level or above.</param>
/// <param name="FalseAlarms">The same of the posts that hold no danger at all.</param>
public sealed record LevelMeasures(Category Category, RiskLevel Level, Share Recall, Share FalseAlarms)
{
    /// <summary>One dangerous post in so many.</summary>
    public static IReadOnlyList<int> Prevalences { get; } = [100, 1_000, 10_000];

    public static IReadOnlyList<LevelMeasures> Of(IReadOnlyList<JudgedPost> judged) =>
    [
        .. from category in Enum.GetValues<Category>()
           from level in new[] { RiskLevel.Elevated, RiskLevel.High, RiskLevel.Critical }
           select new LevelMeasures(
               category,
               level,
               ShareOf(judged.Where(post => post.Post.Truth == category), category, level),
               ShareOf(judged.Where(post => post.Post.Truth is null), category, level)),
    ];

    /// <summary>Of the alerts, the share that is right where one post in <paramref name="oneIn"/> is dangerous; with the ends of its interval.</summary>
    public (double Value, double Low, double High) Precision(int oneIn) =>
        (Precision(oneIn, Recall.Value, FalseAlarms.Value), Precision(oneIn, Recall.Low, FalseAlarms.High), Precision(oneIn, Recall.High, FalseAlarms.Low));

    /// <summary>Alerts in 10,000 posts where one post in <paramref name="oneIn"/> is dangerous.</summary>
    public double Alerts(int oneIn) => 10_000 * ((Recall.Value / oneIn) + (FalseAlarms.Value * (1 - (1.0 / oneIn))));

    private static double Precision(int oneIn, double recall, double falseAlarms)
    {
        var right = recall / oneIn;
        var wrong = falseAlarms * (1 - (1.0 / oneIn));
        return right + wrong == 0 ? 0 : right / (right + wrong);
    }

    private static Share ShareOf(IEnumerable<JudgedPost> posts, Category category, RiskLevel level)
    {
        int hits = 0, of = 0;
        foreach (var post in posts)
            (hits, of) = (hits + (post.Level(category) >= level ? 1 : 0), of + 1);
        return new Share(hits, of);
    }
}
