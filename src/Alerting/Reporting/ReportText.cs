using System.Globalization;

namespace ThreatWatch.Alerting.Reporting;

/// <summary>A month's report in print.</summary>
public static class ReportText
{
    public static IEnumerable<string> Lines(MonthReport report)
    {
        yield return $"{report.Month}: {report.Alerts} alert{(report.Alerts == 1 ? "" : "s")}, drills left out";
        if (report.Alerts == 0)
        {
            foreach (var line in Drills(report.Drills))
                yield return line;
            yield break;
        }

        yield return $"  by level       {Counts(report.ByLevel)}";
        yield return $"  by category    {Counts(report.ByCategory)}";
        yield return $"  dispositions   {(report.Judged == 0 ? "none yet" : Counts(report.Dispositions))}; {report.Alerts - report.Judged} not judged yet";
        if (report.FalseAlarmRate is { } rate)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"  false alarms   {report.FalseAlarms} of {report.Judged} judged, {rate.Rate:0%} (95% interval {rate.Low:0%} to {rate.High:0%})");
        }

        yield return "schools";
        foreach (var school in report.BySchool)
            yield return $"  {school.Name,-32} {school.Alerts,5} alert{(school.Alerts == 1 ? " " : "s")}, {school.FalseAlarms} false of {school.Judged} judged";
        yield return $"{"times, in seconds",-34} {"median",10} {"worst",10}";
        foreach (var hop in report.Hops.Concat(report.Channels.SelectMany(channel => new[] { channel.Accepted, channel.Arrived }).Where(hop => hop.Count > 0)))
            yield return Line(hop);
        yield return $"  no message accepted: {report.NeverAccepted}; not acknowledged: {report.NeverAcknowledged}";
        yield return "channels";
        foreach (var channel in report.Channels)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"  {channel.Channel,-32} {channel.Messages,5} message{(channel.Messages == 1 ? " " : "s")}, {channel.Failed} failed, {channel.Delivered} known to have arrived, {channel.Opened} to be opened");
        }

        foreach (var line in Drills(report.Drills))
            yield return line;
        var second = report.SecondReading;
        if (second.Alerts > 0)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"second reader: {second.Agreed} of {second.Alerts} judged alike, Cohen's kappa {(second.Kappa is { } kappa ? kappa.ToString("0.00", CultureInfo.InvariantCulture) : "undefined (one judgement throughout)")}");
        }
    }

    private static IEnumerable<string> Drills(DrillTimes drills)
    {
        if (drills.Run == 0)
            yield break;
        yield return $"drills: {drills.Run}, of which {drills.Whole} came back whole and {drills.Broken} did not";
        if (drills.Back.Count > 0)
            yield return Line(drills.Back);
    }

    private static string Line(HopTimes hop) => string.Create(
        CultureInfo.InvariantCulture,
        $"  {hop.Hop,-32} {Seconds(hop.MedianSeconds),10} {Seconds(hop.WorstSeconds),10}{(hop.WorstAlertId is { Length: > 0 } id ? $"  {id}" : "")}");

    private static string Seconds(double? value) => value?.ToString("0.000", CultureInfo.InvariantCulture) ?? "-";

    private static string Counts(IReadOnlyDictionary<string, int> counts) => string.Join(", ", counts.Select(pair => $"{pair.Key} {pair.Value}"));
}
