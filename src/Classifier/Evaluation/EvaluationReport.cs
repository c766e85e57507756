using System.Globalization;
using ThreatWatch.Classifier.Model;
using ThreatWatch.Core;
using Category = ThreatWatch.Core.Category;

namespace ThreatWatch.Classifier.Evaluation;

/// <summary>Everything that <c>evaluate</c> says of a model and its thresholds on one set of labelled posts.</summary>
internal static class EvaluationReport
{
    private const int MostFamilies = 40;
    private const double MostCalibrationError = 0.02;
    private const double MostRatio = 1.25;
    private static readonly int[] Budget = [50, 200, 1_000, 3_000, 10_000];

    public static Sheet Of(IReadOnlyList<JudgedPost> judged, Assessor assessor, BiasReport bias, string dataName, string dataHash)
    {
        var sheet = new Sheet();
        sheet.Heading("Data and versions");
        sheet.Say(
            $"Model {assessor.ModelVersion}, rules {assessor.RulesVersion}, data {dataName} (SHA-256 {dataHash}): {judged.Count} posts, "
            + $"{judged.Count(post => post.Post.Truth == Category.Threat)} threats, {judged.Count(post => post.Post.Truth == Category.SelfHarm)} of self-harm. "
            + "Intervals are 95%, by Wilson. A false alarm is a post of no danger at the level or above; posts of the other danger count for neither.");
        Levels(sheet, judged, assessor);
        Budgets(sheet, judged);
        Calibration(sheet, judged);
        Families(sheet, judged);
        Bias(sheet, bias);
        return sheet;
    }

    private static void Levels(Sheet sheet, IReadOnlyList<JudgedPost> judged, Assessor assessor)
    {
        sheet.Heading("What each level finds, and what it costs");
        var prevalences = LevelMeasures.Prevalences;
        var rows = new List<string[]>
        {
            (string[])
            [
                "category", "from level", "threshold", "recall", "false alarms", "false alarms in 10,000",
                .. prevalences.Select(oneIn => $"precision at 1 in {Number(oneIn)}"), .. prevalences.Select(oneIn => $"alerts in 10,000 at 1 in {Number(oneIn)}"),
            ],
        };
        foreach (var measures in LevelMeasures.Of(judged))
        {
            string[] first =
            [
                measures.Category.ToString(),
                measures.Level.ToString(),
                assessor.Thresholds.Of(measures.Category).Of(measures.Level).ToString("0.####", CultureInfo.InvariantCulture),
                Percent(measures.Recall),
                Percent(measures.FalseAlarms),
                string.Create(CultureInfo.InvariantCulture, $"{measures.FalseAlarms.Value * 10_000:0} ({measures.FalseAlarms.Low * 10_000:0}-{measures.FalseAlarms.High * 10_000:0})"),
            ];
            rows.Add([.. first, .. prevalences.Select(oneIn => Percent(measures.Precision(oneIn))), .. prevalences.Select(oneIn => measures.Alerts(oneIn).ToString("0.0", CultureInfo.InvariantCulture))]);
        }

        sheet.Table(rows);
        sheet.Say("Precision at a prevalence is what recall and false alarms here give where so many posts are dangerous; a school's own timeline is nearer to 1 in 10,000 than to 1 in 100.");
    }

    private static void Budgets(Sheet sheet, IReadOnlyList<JudgedPost> judged)
    {
        sheet.Heading("Which threshold a budget of false alarms buys");
        var rows = new List<string[]> { (string[])["category", "one false alarm in", "threshold", "recall"] };
        foreach (var category in Enum.GetValues<Category>())
        {
            var harmless = judged.Where(post => post.Post.Truth is null).Select(post => post.Score(category)).ToList();
            var dangers = judged.Where(post => post.Post.Truth == category).ToList();
            foreach (var oneIn in Budget.Where(oneIn => harmless.Count >= oneIn))
            {
                var threshold = Metrics.ThresholdFor(harmless, 1.0 / oneIn);
                rows.Add([category.ToString(), Number(oneIn), Text(threshold, "0.0000"), Percent(new Share(dangers.Count(post => post.Score(category) >= threshold), dangers.Count))]);
            }
        }

        sheet.Table(rows);
        sheet.Say("On the probability with keywords and elements counted in, as it meets the thresholds.");
    }

    private static void Calibration(Sheet sheet, IReadOnlyList<JudgedPost> judged)
    {
        sheet.Heading("Are the probabilities true?");
        foreach (var category in Enum.GetValues<Category>())
        {
            var scored = judged.Select(post => (Score: post.RawOf(category), Label: post.Post.Truth == category)).ToList();
            if (scored.Count == 0)
                continue;
            var error = Metrics.CalibrationError(scored);
            sheet.Say(string.Create(
                CultureInfo.InvariantCulture,
                $"{category}: expected calibration error {error:0.0000} ({(error <= MostCalibrationError ? "within" : "MISSES")} the aim of {MostCalibrationError}), area under the ROC curve {Metrics.Auc(scored):0.0000}."));
            sheet.Table([["said", "posts", "came true"], .. Reliability.Of(scored).Select(bin => new[] { string.Create(CultureInfo.InvariantCulture, $"{bin.Mean:0.000}"), Number(bin.Came.Of), Percent(bin.Came) })]);
        }
    }

    private static void Families(Sheet sheet, IReadOnlyList<JudgedPost> judged)
    {
        sheet.Heading("Errors by family, at High");
        var families = judged.GroupBy(post => (Truth: post.Post.Truth?.ToString() ?? "none", post.Post.Family))
            .Select(group => (group.Key.Truth, group.Key.Family, Wrong: new Share(group.Count(IsWrong), group.Count())))
            .Where(family => family.Wrong.Hits > 0).ToList();
        if (families.Count == 0)
        {
            sheet.Say("None.");
            return;
        }

        sheet.Table(
        [
            ["danger", "family", "missed or false alarms"],
            .. families.OrderBy(family => family.Truth == "none").ThenByDescending(family => family.Wrong.Hits).Take(MostFamilies).Select(family => new[] { family.Truth, family.Family, Percent(family.Wrong) }),
        ]);
        if (families.Count > MostFamilies)
            sheet.Say($"And {families.Count - MostFamilies} families with fewer errors.");
    }

    private static bool IsWrong(JudgedPost post) => post.Post.Truth is { } truth ? post.Level(truth) < RiskLevel.High : post.Highest >= RiskLevel.High;

    private static void Bias(Sheet sheet, BiasReport bias)
    {
        sheet.Heading("Bias");
        sheet.Say($"How many times as often one group is alerted on as the other (half a case added to both). The aim for false alarms is {Text(MostRatio)} or less. The mean score moves before any level does.");
        sheet.Table(
        [
            ["what", "from level", "group", "reference", "ratio", "mean score", "reference"],
            .. bias.Measures.Select(measure => new[]
            {
                measure.Name, measure.Level.ToString(), Percent(measure.Group), Percent(measure.Reference), Text(measure.Ratio), Text(measure.MeanScore, "0.0000"), Text(measure.ReferenceMeanScore, "0.0000"),
            }),
        ]);
    }

    private static string Percent(Share share) => share.Of == 0 ? "-" : string.Create(CultureInfo.InvariantCulture, $"{share.Value * 100:0.0#}% ({share.Low * 100:0.0#}-{share.High * 100:0.0#}; {share.Hits}/{share.Of})");

    private static string Percent((double Value, double Low, double High) of) => string.Create(CultureInfo.InvariantCulture, $"{of.Value * 100:0.0}% ({of.Low * 100:0.0}-{of.High * 100:0.0})");

    private static string Text(double value, string format = "0.00") => value.ToString(format, CultureInfo.InvariantCulture);

    private static string Number(int value) => value.ToString("#,0", CultureInfo.InvariantCulture);
}
