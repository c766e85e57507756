using ThreatWatch.Alerting.Routing;
using ThreatWatch.Core;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Alerting.Digest;

/// <summary>Decides which day's digest is due and who gets which lines of it.</summary>
internal static class DigestPlan
{
    /// <summary>The day whose digest is due and the stretch that it tells of; null before the hour. A day that was missed is not made up for.</summary>
    public static (DateOnly Day, Stretch Told)? Due(DigestOptions options, DateTimeOffset now, TimeZoneInfo zone)
    {
        var local = TimeZoneInfo.ConvertTime(now, zone);
        var day = DateOnly.FromDateTime(local.DateTime);
        if (TimeOnly.FromDateTime(local.DateTime) < options.At)
            return null;
        return (day, new Stretch(WallClock.First(day.AddDays(-1).ToDateTime(options.At), zone), WallClock.First(day.ToDateTime(options.At), zone)));
    }

    /// <summary>Lines by person: a school's officers, its counsellors for SelfHarm, the desk where neither is certain.</summary>
    public static IReadOnlyList<(Officer Officer, IReadOnlyList<DigestItem> Items)> Split(District district, IReadOnlyList<DigestItem> items)
    {
        var lines = from item in items
                    from officerId in item.SchoolIds.DefaultIfEmpty(District.DeskSchoolId).SelectMany(school => People(district, school, item.Category)).Distinct()
                    group item by officerId;
        return [.. lines.Select(group => (district.FindOfficer(group.Key), (IReadOnlyList<DigestItem>)[.. group])).Where(pair => pair.Item1 is not null).Select(pair => (pair.Item1!, pair.Item2))];
    }

    private static IReadOnlyList<string> People(District district, string schoolId, Category category)
    {
        var school = district.FindSchool(schoolId);
        var people = school is null ? [] : category == Category.SelfHarm ? school.Counsellors : school.Officers;
        return people.Count > 0 ? people : [district.Desk];
    }
}
