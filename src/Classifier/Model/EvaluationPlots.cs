using ScottPlot;
using ThreatWatch.Classifier.Evaluation;

namespace ThreatWatch.Classifier.Model;

/// <summary>Draws what an evaluation found, as SVG that stands beside the model's card.</summary>
internal static class EvaluationPlots
{
    private const int Width = 720;
    private const int Height = 460;

    // An SVG with a thousand points says no more than one with two hundred, and weighs five times as much.
    private const int MostPoints = 200;

    /// <returns>The names of the files written, with what they show.</returns>
    public static IReadOnlyList<(string File, string Shows)> Write(string folder, IReadOnlyList<JudgedPost> judged)
    {
        Directory.CreateDirectory(folder);
        var categories = Enum.GetValues<Core.Category>().Where(category => CurvePoint.Of(judged, category).Count > 0).ToList();
        var files = new List<(string, string)>();

        var precision = Start("Precision and recall, where one post in 1,000 is dangerous", "recall", "precision");
        foreach (var category in categories)
            Line(precision, category, CurvePoint.Of(judged, category).Select(point => (point.Recall, Precision(point, 1000))));
        files.Add((Save(precision, folder, "precision-recall.svg"), "precision against recall"));

        var reliability = Start("Reliability: does a probability mean what it says?", "said", "came true");
        reliability.Add.Line(0, 0, 1, 1).LineColor = Colors.Gray;
        foreach (var category in categories)
        {
            var bins = Reliability.Of([.. judged.Select(post => (post.RawOf(category), post.Post.Truth == category))]);
            Line(reliability, category, bins.Select(bin => (bin.Mean, bin.Came.Value)), markers: true);
        }

        files.Add((Save(reliability, folder, "reliability.svg"), "said against true probability"));

        var alerts = Start("What recall costs: alerts a week in 10,000 posts, one in 1,000 dangerous", "alerts a week (powers of ten)", "recall");
        foreach (var category in categories)
        {
            Line(alerts, category, CurvePoint.Of(judged, category)
                .Select(point => (Math.Log10(Math.Max(0.1, 10_000 * ((point.Recall / 1000) + (point.FalseAlarms * 0.999)))), point.Recall)));
        }

        alerts.Axes.SetLimits(-1, 4, 0, 1.02);
        files.Add((Save(alerts, folder, "alerts-recall.svg"), "recall against alerts a week"));
        return files;
    }

    private static double Precision(CurvePoint point, int oneIn)
    {
        var right = point.Recall / oneIn;
        return right / Math.Max(1e-12, right + (point.FalseAlarms * (1 - (1.0 / oneIn))));
    }

    private static Plot Start(string title, string x, string y)
    {
        var plot = new Plot();
        plot.Title(title, 16);
        plot.XLabel(x);
        plot.YLabel(y);
        plot.Axes.SetLimits(0, 1.02, 0, 1.02);
        return plot;
    }

    private static void Line(Plot plot, Core.Category category, IEnumerable<(double X, double Y)> points, bool markers = false)
    {
        var all = points.ToList();
        var step = Math.Max(1, all.Count / MostPoints);
        var some = all.Where((_, i) => i % step == 0 || i == all.Count - 1).ToList();
        var line = plot.Add.Scatter(some.Select(point => point.X).ToArray(), some.Select(point => point.Y).ToArray());
        line.LegendText = category.ToString();
        line.Color = category == Core.Category.Threat ? Colors.C0 : Colors.C1;
        line.MarkerSize = markers ? 6 : 0;
        line.LineWidth = 2;
    }

    private static string Save(Plot plot, string folder, string name)
    {
        plot.ShowLegend();
        plot.SaveSvg(Path.Combine(folder, name), Width, Height);
        return name;
    }
}
