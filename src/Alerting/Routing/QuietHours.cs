using ThreatWatch.Core;

namespace ThreatWatch.Alerting.Routing;

/// <summary>Hours in which nothing below High is sent. Part "quietHours" of section "alerting".</summary>
public sealed record QuietHours
{
    public TimeOnly From { get; init; } = new(21, 0);

    public TimeOnly To { get; init; } = new(6, 30);

    /// <summary>When a message may leave that wants to leave now. High and Critical are never held back.</summary>
    internal static DateTimeOffset NotBefore(QuietHours? quiet, RiskLevel level, DateTimeOffset at, TimeZoneInfo zone)
    {
        if (quiet is null || level >= RiskLevel.High || quiet.From == quiet.To)
            return at;
        var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(at, zone).DateTime);
        foreach (var day in new[] { today.AddDays(-1), today })
        {
            var stretch = WallClock.Between(day, quiet.From, quiet.To, zone);
            if (stretch.Holds(at))
                return stretch.Until;
        }

        return at;
    }
}
