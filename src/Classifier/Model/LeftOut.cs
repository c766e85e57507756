using System.Globalization;

namespace ThreatWatch.Classifier.Model;

/// <summary>
/// How a model does on a family of threats that it never saw, beside the model in place, which learnt from that family: both on the
/// held-back posts, at the threshold at which each alarms on 2% of the harmless ones.
/// </summary>
internal static class LeftOut
{
    public static int Measure(ModelFile model, IReadOnlyList<TrainingRow> held, TrainingPlan plan, TextWriter progress)
    {
        var family = held.Where(plan.LeavesOut).ToList();
        if (family.Count == 0)
        {
            progress.WriteLine($"No held-back post is of a family with {plan.Without} in its name.");
            return 2;
        }

        Say("left out", model, family, held, progress);
        if (Trainer.InPlace(plan.Out) is { } known)
            Say("known", known, family, held, progress);
        return 0;
    }

    private static void Say(string name, ModelFile model, List<TrainingRow> family, IReadOnlyList<TrainingRow> held, TextWriter progress)
    {
        var detector = new Detector(model, name);
        foreach (var category in Enum.GetValues<Category>())
        {
            var own = family.Where(row => row.Is(category)).Select(row => detector.Score(row.Text).Of(category)).ToList();
            if (own.Count == 0)
                continue;
            var threshold = Metrics.ThresholdFor(held.Where(row => row is { Corpus: true, Label: "benign" }).Select(row => detector.Score(row.Text).Of(category)), 0.02);
            progress.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{name}: {category}, {own.Count(score => score >= threshold) / (double)own.Count:P1} of {own.Count} found at 2% of the harmless alarmed (threshold {threshold:F3})."));
        }
    }
}
