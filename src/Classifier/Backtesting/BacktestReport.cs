using System.Globalization;
using ThreatWatch.Classifier.Model;
using ThreatWatch.Core;

namespace ThreatWatch.Classifier.Backtesting;

/// <summary>Says in plain lines what a change would have done.</summary>
internal static class BacktestReport
{
    private const int MostText = 160;
    private const int MostReasons = 4;

    public static void Write(TextWriter output, Comparison comparison, IReadOnlyList<ClosedAlert> closed, string nameAfter)
    {
        // A district that began yesterday has no thirty days: the rate is over the time that there is.
        var weeks = comparison is { First: { } first, Last: { } last } ? Math.Max((last - first).TotalDays, 1) / 7 : 1;
        Line(output, "", "now", nameAfter);
        Line(output, "alerts", Text(comparison.AlertsBefore), Text(comparison.AlertsAfter));
        Line(output, "alerts a week", Text(comparison.AlertsBefore / weeks), Text(comparison.AlertsAfter / weeks));
        Line(output, "posts that alert", Text(comparison.PostsBefore), Text(comparison.PostsAfter));
        Line(output, "precision so far", Text(comparison.Precision(closed, false)), Text(comparison.Precision(closed, true)));
        output.WriteLine("(precision: of the alerts that people have closed; 95% interval by Wilson. Gained alerts have no judgement yet.)");
        Write(output, "Gained", comparison.Gained);
        Write(output, "Lost", comparison.Lost);
    }

    private static void Write(TextWriter output, string title, IReadOnlyList<AlertCount> alerts)
    {
        output.WriteLine();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{title}: {alerts.Count} alert(s)"));
        foreach (var alert in alerts)
        {
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"  {alert.At:yyyy-MM-dd HH:mm}  {alert.SchoolId}  {alert.Category}  {alert.Level}, otherwise {alert.Other}  {alert.PostId}{(alert.Posts > 1 ? $" and {alert.Posts - 1} like it" : "")}"));
            output.WriteLine($"    \"{Shorten(alert.Text)}\"{(alert.Url is null ? "" : $"  {alert.Url}")}");
            foreach (var reason in alert.Reasons.Take(MostReasons))
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"    {reason.Kind.ToString().ToLowerInvariant()}: {reason.Text}{(reason.Kind is ReasonKind.Score or ReasonKind.Note ? "" : $" ({reason.Weight:+0.00;-0.00})")}"));
        }
    }

    private static void Line(TextWriter output, string name, string before, string after) => output.WriteLine($"{name,-18}{before,-34}{after}".TrimEnd());

    private static string Text(int count) => count.ToString(CultureInfo.InvariantCulture);

    private static string Text(double rate) => rate.ToString("0.0", CultureInfo.InvariantCulture);

    private static string Text(Share share) => share.Of == 0
        ? "no alert closed yet"
        : string.Create(CultureInfo.InvariantCulture, $"{share.Value:0.00} ({share.Low:0.00}-{share.High:0.00}; {share.Hits} of {share.Of})");

    private static string Shorten(string text)
    {
        var line = text.ReplaceLineEndings(" ");
        return line.Length <= MostText ? line : string.Concat(line.AsSpan(0, MostText), "...");
    }
}
