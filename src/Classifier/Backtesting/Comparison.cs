using ThreatWatch.Classifier.Model;
using ThreatWatch.Core;
using Category = ThreatWatch.Core.Category;

namespace ThreatWatch.Classifier.Backtesting;

/// <summary>
/// Counts what two settings make of the same posts. Posts of one family, category and school are one alert, as in the alerting; only
/// those that alert under one of the settings are kept.
/// </summary>
public sealed class Comparison
{
    private readonly Dictionary<(string School, Category Category, string Family), AlertCount> _before = [];
    private readonly Dictionary<(string School, Category Category, string Family), AlertCount> _after = [];
    private readonly HashSet<string> _alertsBefore = [];
    private readonly HashSet<string> _alertsAfter = [];

    public int Posts { get; private set; }

    public DateTimeOffset? First { get; private set; }

    public DateTimeOffset? Last { get; private set; }

    public int AlertsBefore => _before.Count;

    public int AlertsAfter => _after.Count;

    public int PostsBefore => _alertsBefore.Count;

    public int PostsAfter => _alertsAfter.Count;

    /// <summary>Alerts that only the changed setting raises, the oldest first.</summary>
    public IReadOnlyList<AlertCount> Gained => Only(_after, _before);

    /// <summary>Alerts that only the setting in force raises, the oldest first.</summary>
    public IReadOnlyList<AlertCount> Lost => Only(_before, _after);

    /// <param name="reasons">Asked for only where the post alerts under one setting alone.</param>
    public void Add(Post post, RiskLevel before, Category categoryBefore, RiskLevel after, Category categoryAfter, Func<bool, IReadOnlyList<Reason>> reasons)
    {
        Posts++;
        First = First is { } first && first < post.IngestedAt ? first : post.IngestedAt;
        Last = Last is { } last && last > post.IngestedAt ? last : post.IngestedAt;
        if (before >= RiskLevel.High)
            Count(_before, _alertsBefore, post, before, categoryBefore, after, () => reasons(false));
        if (after >= RiskLevel.High)
            Count(_after, _alertsAfter, post, after, categoryAfter, before, () => reasons(true));
    }

    /// <summary>Of the alerts that people have closed, how many were right: the share that a setting would still have raised.</summary>
    public Share Precision(IReadOnlyList<ClosedAlert> closed, bool after)
    {
        var alerting = after ? _alertsAfter : _alertsBefore;
        var raised = closed.Where(alert => alert.PostIds.Any(alerting.Contains)).ToList();
        return new Share(raised.Count(alert => alert.IsRight), raised.Count);
    }

    private static void Count(
        Dictionary<(string School, Category Category, string Family), AlertCount> alerts, HashSet<string> posts, Post post, RiskLevel level, Category category,
        RiskLevel other, Func<IReadOnlyList<Reason>> reasons)
    {
        posts.Add(post.Id);
        foreach (var school in post.Schools.Select(match => match.SchoolId).Distinct().DefaultIfEmpty(District.DeskSchoolId))
        {
            var key = (school, category, post.Family);
            if (alerts.TryGetValue(key, out var alert))
                alert.Posts++;
            else
                alerts[key] = new AlertCount(post.Id, school, category, level, other, post.IngestedAt, post.FullText, post.Url, other >= RiskLevel.High ? [] : reasons());
        }
    }

    private static List<AlertCount> Only(
        Dictionary<(string School, Category Category, string Family), AlertCount> these, Dictionary<(string School, Category Category, string Family), AlertCount> those) =>
        [.. these.Where(pair => !those.ContainsKey(pair.Key)).Select(pair => pair.Value).OrderBy(alert => alert.At)];
}

/// <summary>One alert as it would have been.</summary>
/// <param name="PostId">Its first post.</param>
/// <param name="Other">The level of that post under the other setting.</param>
public sealed record AlertCount(
    string PostId, string SchoolId, Category Category, RiskLevel Level, RiskLevel Other, DateTimeOffset At, string Text, string? Url, IReadOnlyList<Reason> Reasons)
{
    public int Posts { get; internal set; } = 1;
}
