using ThreatWatch.Ingest.Sources.Feeds;

namespace ThreatWatch.Ingest.Polling;

/// <summary>Decides how long to stay away from a feed that answered: as long as it wishes, never so long that a wrong header silences it. Pure.</summary>
internal static class FeedPace
{
    /// <param name="every">The configured interval; no wish makes it shorter.</param>
    /// <param name="schedule">ttl, sy:update*, skipHours and skipDays of the feed.</param>
    /// <param name="fresh">max-age or Expires of the answer.</param>
    /// <param name="longest">The longest wish that is granted; the interval where that is longer.</param>
    public static TimeSpan Next(TimeSpan every, FeedSchedule? schedule, TimeSpan? fresh, TimeSpan longest, DateTimeOffset now)
    {
        var most = longest > every ? longest : every;
        var wait = every;
        foreach (var wish in new[] { fresh, schedule?.UpdateEvery, schedule?.TtlMinutes is { } ttl ? TimeSpan.FromMinutes(ttl) : null })
        {
            if (wish > wait)
                wait = wish.Value < most ? wish.Value : most;
        }

        if (schedule is null)
            return wait;
        var at = now.ToUniversalTime() + wait;
        while (at - now < most && IsSkipped(schedule, at))
            at = new DateTimeOffset(at.Year, at.Month, at.Day, at.Hour, 0, 0, TimeSpan.Zero).AddHours(1);
        return at - now < most ? at - now : most;
    }

    private static bool IsSkipped(FeedSchedule schedule, DateTimeOffset at) =>
        schedule.SkipHours.Contains(at.Hour) || schedule.SkipDays.Contains(at.DayOfWeek);
}
