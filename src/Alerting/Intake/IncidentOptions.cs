using ThreatWatch.Platform.Hosting;

namespace ThreatWatch.Alerting.Intake;

/// <summary>When more posts of one incident are worth telling people again. Part "incidents" of section "alerting".</summary>
public sealed record IncidentOptions
{
    /// <summary>People are told again once an alert has this many times the posts that they were told of. 2 to 1000.</summary>
    public int Spread { get; init; } = 10;

    /// <summary>At least this long lies between two messages about spread; what comes in between is told in one.</summary>
    public TimeSpan Cooldown { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>A post that comes this long after the last message is told although nothing else changed.</summary>
    public TimeSpan Repeat { get; init; } = TimeSpan.FromHours(6);

    /// <summary>A post about more schools than this becomes one alert for the district's desk instead of one for each school.</summary>
    public int MostSchools { get; init; } = 3;

    internal static void Validate(IncidentOptions options, Problems problems)
    {
        if (options.Spread is < 2 or > 1000)
            problems.Add("spread", "must be 2 to 1000");
        if (options.Cooldown < TimeSpan.FromMinutes(1) || options.Cooldown > TimeSpan.FromDays(1))
            problems.Add("cooldown", "must be 1m to 1d");
        if (options.Repeat < options.Cooldown)
            problems.Add("repeat", "must be no shorter than \"cooldown\"");
        if (options.MostSchools < 1)
            problems.Add("mostSchools", "must be at least 1");
    }
}
