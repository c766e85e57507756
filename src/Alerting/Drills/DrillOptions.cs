using ThreatWatch.Core;
using ThreatWatch.Platform.Hosting;

namespace ThreatWatch.Alerting.Drills;

/// <summary>A drill that comes every week by itself. One of the list "drills" of section "alerting".</summary>
public sealed record DrillOptions
{
    /// <summary>The school whose people are told.</summary>
    public string School { get; init; } = "";

    public DayOfWeek Weekday { get; init; } = DayOfWeek.Tuesday;

    /// <summary>On the district's clock. Holidays of "duty" have no drills.</summary>
    public TimeOnly At { get; init; } = new(10, 0);

    /// <summary>How long an acknowledgement is waited for. 1 minute to 4 hours.</summary>
    public TimeSpan Within { get; init; } = TimeSpan.FromMinutes(15);

    internal static void Validate(IReadOnlyList<DrillOptions> drills, District district, Problems problems)
    {
        for (var i = 0; i < drills.Count; i++)
        {
            var (drill, at) = (drills[i], problems.At("drills", i));
            if (district.FindSchool(drill.School) is null)
                at.Add("school", $"no school has the id \"{drill.School}\"; known: {string.Join(", ", district.Schools.Select(school => school.Id))}");
            if (drill.Within < TimeSpan.FromMinutes(1) || drill.Within > TimeSpan.FromHours(4))
                at.Add("within", "must be 1m to 4h");
        }
    }
}
