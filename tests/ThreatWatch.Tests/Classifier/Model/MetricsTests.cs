using ThreatWatch.Classifier.Model;

namespace ThreatWatch.Tests.Classifier.Model;

/// <summary>The measures that the product publishes about itself.</summary>
public sealed class MetricsTests
{
    private static readonly (double, bool)[] Rows = [(0.9, true), (0.8, false), (0.7, true), (0.2, false), (0.1, false)];

    [Fact]
    public void Wilsons_interval_is_that_of_the_textbook()
    {
        var share = new Share(9, 10);

        Assert.Equal(0.5958, share.Low, 3);
        Assert.Equal(0.9821, share.High, 3);
    }

    [Fact]
    public void Recall_counts_the_true_ones_above_the_threshold() => Assert.Equal(new Share(1, 2), Metrics.Recall(Rows, 0.75));

    [Fact]
    public void Precision_counts_the_true_ones_among_the_alarms() => Assert.Equal(new Share(1, 2), Metrics.Precision(Rows, 0.75));

    [Fact]
    public void The_area_under_the_curve_is_the_share_of_pairs_in_order() => Assert.Equal(5.0 / 6, Metrics.Auc(Rows), 9);

    [Fact]
    public void A_scorer_that_says_what_comes_true_has_no_calibration_error() =>
        Assert.Equal(0, Metrics.CalibrationError(Enumerable.Range(0, 100).Select(i => (0.25, i % 4 == 0))), 9);

    [Fact]
    public void The_threshold_for_a_rate_lets_no_more_than_that_through()
    {
        var harmless = Enumerable.Range(0, 1000).Select(i => i / 1000.0).ToList();

        var threshold = Metrics.ThresholdFor(harmless, 0.002);

        Assert.Equal(2, harmless.Count(score => score >= threshold));
    }
}
