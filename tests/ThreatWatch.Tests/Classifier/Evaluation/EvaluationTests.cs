using ThreatWatch.Classifier.Evaluation;
using ThreatWatch.Classifier.Model;
using ThreatWatch.Core;
using Category = ThreatWatch.Core.Category;

namespace ThreatWatch.Tests.Classifier.Evaluation;

/// <summary>The arithmetic of the figures that we publish.</summary>
public sealed class EvaluationTests
{
    [Fact]
    public void Recall_counts_dangers_and_false_alarms_count_posts_of_no_danger()
    {
        JudgedPost[] judged =
        [
            Judged(Category.Threat, RiskLevel.High), Judged(Category.Threat, RiskLevel.Elevated), Judged(Category.SelfHarm, RiskLevel.High),
            Judged(null, RiskLevel.None), Judged(null, RiskLevel.High), Judged(null, RiskLevel.Low), Judged(null, RiskLevel.Low),
        ];

        var high = LevelMeasures.Of(judged).Single(measures => measures is { Category: Category.Threat, Level: RiskLevel.High });

        Assert.Equal((1, 2), (high.Recall.Hits, high.Recall.Of));
        Assert.Equal((1, 4), (high.FalseAlarms.Hits, high.FalseAlarms.Of));
    }

    [Fact]
    public void Precision_at_a_prevalence_is_bayes_and_not_the_samples_own()
    {
        // The published classifier of the field: 10% missed at 5% false alarms, at 1 in 1,000, is right in 1.8% of its alarms.
        var measures = new LevelMeasures(Category.Threat, RiskLevel.High, new Share(90, 100), new Share(50, 1000));

        Assert.Equal(0.0177, measures.Precision(1000).Value, 4);
        Assert.Equal(508.5, measures.Alerts(1000), 0.1);
        Assert.InRange(measures.Precision(1000).Value, measures.Precision(1000).Low, measures.Precision(1000).High);
    }

    [Fact]
    public void The_curve_goes_from_nothing_found_to_everything()
    {
        JudgedPost[] judged = [Scored(Category.Threat, 0.9), Scored(null, 0.8), Scored(Category.Threat, 0.8), Scored(null, 0.1)];

        var curve = CurvePoint.Of(judged, Category.Threat);

        Assert.Equal([(0.9, 0.5, 0), (0.8, 1, 0.5), (0.1, 1, 1)], curve.Select(point => (point.Threshold, point.Recall, point.FalseAlarms)));
    }

    [Fact]
    public void Reliability_sets_what_was_said_beside_what_came_true()
    {
        var bin = Assert.Single(Reliability.Of([(0.71, true), (0.73, false)]));

        Assert.Equal(0.72, bin.Mean, 6);
        Assert.Equal(0.5, bin.Came.Value);
    }

    [Fact]
    public void None_against_none_is_no_bias() =>
        Assert.Equal(1, new BiasMeasure("x", RiskLevel.High, new Share(0, 50), new Share(0, 50), 0, 0).Ratio);

    [Fact]
    public void Twice_the_false_alarms_is_a_ratio_of_about_two() =>
        Assert.InRange(new BiasMeasure("x", RiskLevel.High, new Share(200, 1000), new Share(100, 1000), 0, 0).Ratio, 1.9, 2.1);

    private static JudgedPost Judged(Category? truth, RiskLevel threat) => new(new LabelledPost("x", truth, "f", "en"), 0.5, 0.1, threat, RiskLevel.None);

    private static JudgedPost Scored(Category? truth, double threat) => new(new LabelledPost("x", truth, "f", "en"), threat, 0.1, RiskLevel.None, RiskLevel.None);
}
