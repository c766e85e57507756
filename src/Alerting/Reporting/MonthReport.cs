using System.Globalization;
using ThreatWatch.Alerting.Routing;
using ThreatWatch.Core;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Alerting.Reporting;

/// <summary>What a month was like: how many alerts, what they turned out to be, and how long each hop took. Drills do not count; they stand apart.</summary>
/// <param name="Month">Such as "2026-11", on the district's clock; alerts count where they were opened.</param>
/// <param name="Judged">Alerts with a disposition.</param>
/// <param name="FalseAlarms">Those judged NotAThreat.</param>
/// <param name="FalseAlarmRate">Of the judged; null where there is none.</param>
/// <param name="NeverAccepted">Alerts of which no provider accepted a message.</param>
/// <param name="NeverAcknowledged">Alerts that nobody has taken.</param>
public sealed record MonthReport(
    string Month,
    int Alerts,
    IReadOnlyDictionary<string, int> ByLevel,
    IReadOnlyDictionary<string, int> ByCategory,
    IReadOnlyList<SchoolCount> BySchool,
    IReadOnlyDictionary<string, int> Dispositions,
    int Judged,
    int FalseAlarms,
    Interval? FalseAlarmRate,
    IReadOnlyList<HopTimes> Hops,
    int NeverAccepted,
    int NeverAcknowledged,
    IReadOnlyList<ChannelTimes> Channels,
    DrillTimes Drills,
    Agreement SecondReading)
{
    /// <summary>The month's first instant and the one after its last, by the clock on the wall.</summary>
    public static (DateTimeOffset From, DateTimeOffset Until) Bounds(DateOnly month, TimeZoneInfo zone)
    {
        var first = new DateOnly(month.Year, month.Month, 1);
        return (WallClock.First(first.ToDateTime(TimeOnly.MinValue), zone), WallClock.First(first.AddMonths(1).ToDateTime(TimeOnly.MinValue), zone));
    }

    public static MonthReport Of(
        DateOnly month, District district, IReadOnlyList<ReportRow> rows, IReadOnlyList<MessageRow> messages, IReadOnlyList<Drill> drills)
    {
        var judged = rows.Where(row => row.Disposition is not null).ToList();
        var falseAlarms = judged.Count(IsFalseAlarm);
        return new MonthReport(
            month.ToString("yyyy-MM", CultureInfo.InvariantCulture),
            rows.Count,
            Count(rows.OrderByDescending(row => row.Level).Select(row => row.Level.ToString())),
            Count(rows.OrderBy(row => row.Category).Select(row => row.Category.ToString())),
            [.. rows.GroupBy(row => row.SchoolId).OrderByDescending(group => group.Count()).ThenBy(group => group.Key, StringComparer.Ordinal)
                .Select(group => new SchoolCount(group.Key, district.SchoolName(group.Key), group.Count(), group.Count(row => row.Disposition is not null), group.Count(IsFalseAlarm)))],
            Count(judged.OrderBy(row => row.Disposition).Select(row => row.Disposition.ToString()!)),
            judged.Count,
            falseAlarms,
            Interval.Of(falseAlarms, judged.Count),
            [
                HopTimes.Of("post to alert", rows, row => row.AlertId, row => row.OpenedAt - row.StoredAt),
                HopTimes.Of("alert to accepted", rows, row => row.AlertId, row => row.AcceptedAt - row.OpenedAt),
                HopTimes.Of("accepted to acknowledged", rows, row => row.AlertId, row => row.AcknowledgedAt - row.AcceptedAt),
            ],
            rows.Count(row => row.AcceptedAt is null),
            rows.Count(row => row.AcknowledgedAt is null),
            [.. messages.GroupBy(message => message.Channel).OrderBy(group => group.Key).Select(group => ChannelTimes.Of(group.Key, [.. group]))],
            DrillTimes.Of(drills),
            Agreement.Of([.. judged.Where(row => row.SecondDisposition is not null).Select(row => (row.Disposition!.Value, row.SecondDisposition!.Value))]));
    }

    private static bool IsFalseAlarm(ReportRow row) => row.Disposition == Disposition.NotAThreat;

    private static Dictionary<string, int> Count(IEnumerable<string> names) => names.GroupBy(name => name).ToDictionary(group => group.Key, group => group.Count());
}

/// <summary>A school's share of a month.</summary>
public sealed record SchoolCount(string SchoolId, string Name, int Alerts, int Judged, int FalseAlarms);

/// <summary>How long a hop took, in seconds.</summary>
/// <param name="Count">Alerts or messages that made it; where somebody took an alert before its first message had left, that hop did not happen.</param>
/// <param name="WorstAlertId">Where to look.</param>
public sealed record HopTimes(string Hop, int Count, double? MedianSeconds, double? WorstSeconds, string? WorstAlertId)
{
    public static HopTimes Of<T>(string hop, IReadOnlyList<T> rows, Func<T, string> alertId, Func<T, TimeSpan?> length)
    {
        var times = rows.Select(row => (Length: length(row), AlertId: alertId(row))).Where(pair => pair.Length >= TimeSpan.Zero)
            .Select(pair => (pair.Length!.Value.TotalSeconds, pair.AlertId)).OrderBy(pair => pair.TotalSeconds).ToList();
        if (times.Count == 0)
            return new HopTimes(hop, 0, null, null, null);
        var median = (times[(times.Count - 1) / 2].TotalSeconds + times[times.Count / 2].TotalSeconds) / 2;
        return new HopTimes(hop, times.Count, median, times[^1].TotalSeconds, times[^1].AlertId);
    }
}
