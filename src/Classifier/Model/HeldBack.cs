using System.Globalization;

namespace ThreatWatch.Classifier.Model;

/// <summary>How a model does on the posts held back from it, per category; written beside the model as metrics.json.</summary>
public sealed record HeldBack(string Version, int Posts, double Loss, HeldBackCategory Threat, HeldBackCategory SelfHarm)
{
    internal static HeldBack Measure(Detector detector, IReadOnlyList<TrainingRow> rows)
    {
        var scores = rows.Select(row => (Row: row, Scores: detector.Score(row.Text))).ToList();
        var threat = scores.Select(s => (s.Scores.Threat, Label: s.Row.Is(Category.Threat), s.Row.Corpus)).ToList();
        var selfHarm = scores.Select(s => (s.Scores.SelfHarm, Label: s.Row.Is(Category.SelfHarm), s.Row.Corpus)).ToList();
        var loss = LogLoss(threat) + LogLoss(selfHarm);
        return new HeldBack(detector.Version, rows.Count, loss, HeldBackCategory.Of(threat), HeldBackCategory.Of(selfHarm));
    }

    /// <summary>A summary to read.</summary>
    public IEnumerable<string> Lines()
    {
        foreach (var (name, c) in new[] { ("threat", Threat), ("self-harm", SelfHarm) })
        {
            yield return string.Create(CultureInfo.InvariantCulture,
                $"{name}: of {c.Positives} in the held-back corpus {c.RecallAtTwoPercent:P1} found at 2% of its other posts alarmed (threshold {c.ThresholdAtTwoPercent:F3}); AUC {c.Auc:F4}; calibration error {c.CalibrationError:F4} (corpus alone {c.CalibrationErrorCorpus:F4}).");
        }
    }

    /// <summary>Over corpora alone when there are any: public sets mean something else by a threat.</summary>
    private static double LogLoss(IReadOnlyList<(double Score, bool Label, bool Corpus)> rows)
    {
        var own = rows.Where(r => r.Corpus).ToList();
        return (own.Count > 0 ? own : rows).Average(r => -Math.Log(Math.Clamp(r.Label ? r.Score : 1 - r.Score, 1e-7, 1)));
    }
}

/// <summary>The figures of one category on the held-back part.</summary>
public sealed record HeldBackCategory(int Positives, double Auc, double CalibrationError, double CalibrationErrorCorpus, double ThresholdAtTwoPercent, double RecallAtTwoPercent)
{
    internal static HeldBackCategory Of(IReadOnlyList<(double Score, bool Label, bool Corpus)> rows)
    {
        var all = rows.Select(r => (r.Score, r.Label)).ToList();
        var own = rows.Where(r => r.Corpus).Select(r => (r.Score, r.Label)).DefaultIfEmpty().ToList();
        var threshold = Metrics.ThresholdFor(own.Where(r => !r.Label).Select(r => r.Score), 0.02);
        return new HeldBackCategory(own.Count(r => r.Label), Metrics.Auc(own), Metrics.CalibrationError(all), Metrics.CalibrationError(own), threshold, Metrics.Recall(own, threshold).Value);
    }
}
