using ThreatWatch.Alerting.Routing;
using ThreatWatch.Platform.Hosting;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Alerting.Drills;

/// <summary>Decides when a drill is due and how one stands.</summary>
internal static class DrillPlan
{
    // One that was missed for longer, the machine being off, is not made up for: people expect it at its hour.
    private static readonly TimeSpan Late = TimeSpan.FromHours(1);

    // Those who were told hear who has it before the drill is closed, which cancels what waits.
    private static readonly TimeSpan LastWords = TimeSpan.FromMinutes(2);

    /// <summary>The instant of the drill that is due; null where none is.</summary>
    public static DateTimeOffset? Due(DrillOptions drill, DutyOptions duty, DateTimeOffset now, TimeZoneInfo zone)
    {
        var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(now, zone).DateTime);
        foreach (var day in new[] { today, today.AddDays(-1) })
        {
            if (day.DayOfWeek != drill.Weekday || duty.Holidays.Any(holiday => holiday.On <= day && day <= (holiday.Through ?? holiday.On)))
                continue;
            var at = WallClock.First(day.ToDateTime(drill.At), zone);
            if (at <= now && now - at < Late)
                return at;
        }

        return null;
    }

    /// <summary>How a drill stands, and why where it is broken.</summary>
    /// <param name="within">How long an acknowledgement is waited for.</param>
    public static (DrillOutcome Outcome, string? Why) Judge(DateTimeOffset startedAt, DrillHops hops, TimeSpan within, DateTimeOffset now)
    {
        if (hops.AcknowledgedAt is { } at && at - startedAt <= within)
        {
            if (hops.Waiting > 0 && now - at < LastWords)
                return (DrillOutcome.Running, null);
            if (hops.SentAt is null)
                return (DrillOutcome.Broken, "it was acknowledged, yet no message was accepted by a provider");
            return hops.FailedChannel is { } channel
                ? (DrillOutcome.Broken, $"it was acknowledged, yet a message by {channel} failed")
                : (DrillOutcome.Whole, null);
        }

        if (now - startedAt <= within)
            return (DrillOutcome.Running, null);
        var missing = hops switch
        {
            { JudgedAt: null } => "the post was not judged",
            { OpenedAt: null } => "no alert was opened",
            { SentAt: null } => "no message was accepted by a provider",
            _ => "nobody acknowledged",
        };
        return (DrillOutcome.Broken, $"{missing} within {Durations.ForPeople(within)}");
    }
}
