using System.Globalization;

namespace ThreatWatch.Classifier.Model;

/// <summary>
/// How a model does on families of threats that it never saw, all their posts, beside the model in place, which learnt from them, on their
/// held-back posts: each at the threshold at which it alarms on 2% of the harmless ones that are held back.
/// </summary>
internal static class LeftOut
{
    public static int Measure(ModelFile model, IReadOnlyList<TrainingRow> rows, TrainingPlan plan, TextWriter progress)
    {
        var held = rows.Where(row => row.Part == Trainer.Measured).ToList();
        foreach (var missing in plan.Without.Where(family => !rows.Any(row => TrainingPlan.IsOf(row, family))))
        {
            progress.WriteLine($"No threat is of a family with {missing} in its name.");
            return 2;
        }

        Say("left out", model, rows, held, plan, progress);
        if (Trainer.InPlace(plan.Out) is { } known)
            Say("known", known, held, held, plan, progress);
        return 0;
    }

    private static void Say(string name, ModelFile model, IReadOnlyList<TrainingRow> rows, List<TrainingRow> held, TrainingPlan plan, TextWriter progress)
    {
        var detector = new Detector(model, name);
        foreach (var category in Enum.GetValues<Category>())
        {
            var threshold = Metrics.ThresholdFor(held.Where(row => row is { Corpus: true, Label: "benign" }).Select(row => detector.Score(row.Text).Of(category)), 0.02);
            foreach (var family in plan.Without)
            {
                var found = Metrics.Recall(rows.Where(row => TrainingPlan.IsOf(row, family) && row.Is(category)).Select(row => ((double)detector.Score(row.Text).Of(category), true)), threshold);
                if (found.Of == 0)
                    continue;
                progress.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"{family}, {name}: {category}, {found.Value:P1} ({found.Low:P1} to {found.High:P1}) of {found.Of} found at 2% of the harmless alarmed (threshold {threshold:F3})."));
            }
        }
    }
}
