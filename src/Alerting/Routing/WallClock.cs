namespace ThreatWatch.Alerting.Routing;

/// <summary>Turns times on the wall into instants on both days of a year on which that is not obvious.</summary>
internal static class WallClock
{
    /// <summary>The stretch from one wall time to another, on the next day where the second is not after the first. Never too short: a gap in duty is worse than an overlap.</summary>
    public static Stretch Between(DateOnly day, TimeOnly from, TimeOnly to, TimeZoneInfo zone) =>
        new(First(day.ToDateTime(from), zone), Last((to > from ? day : day.AddDays(1)).ToDateTime(to), zone));

    /// <summary>The first instant at which the wall shows this time or, where it is skipped, a later one.</summary>
    public static DateTimeOffset First(DateTime wall, TimeZoneInfo zone) =>
        zone.IsAmbiguousTime(wall) ? At(wall, zone.GetAmbiguousTimeOffsets(wall).Max()) : Only(wall, zone);

    /// <summary>The last instant at which the wall shows this time.</summary>
    public static DateTimeOffset Last(DateTime wall, TimeZoneInfo zone) =>
        zone.IsAmbiguousTime(wall) ? At(wall, zone.GetAmbiguousTimeOffsets(wall).Min()) : Only(wall, zone);

    private static DateTimeOffset Only(DateTime wall, TimeZoneInfo zone)
    {
        // Skipped by a clock change: the next minute that exists. The longest skip there is takes an hour (a day on one island once).
        for (var minutes = 0; minutes < 24 * 60 && zone.IsInvalidTime(wall); minutes++)
            wall = wall.AddMinutes(1);
        return At(wall, zone.GetUtcOffset(wall));
    }

    private static DateTimeOffset At(DateTime wall, TimeSpan offset) => new DateTimeOffset(DateTime.SpecifyKind(wall, DateTimeKind.Unspecified), offset).ToUniversalTime();
}

/// <summary>A stretch of time; the end does not belong to it.</summary>
internal readonly record struct Stretch(DateTimeOffset From, DateTimeOffset Until)
{
    public bool Holds(DateTimeOffset at) => From <= at && at < Until;
}
