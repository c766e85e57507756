using ThreatWatch.Alerting.Escalation;
using ThreatWatch.Core;

namespace ThreatWatch.Alerting.Routing;

/// <summary>Finds the people of a step for a school. Whatever happens somebody is named, and the reason is said.</summary>
internal static class Router
{
    public static Recipients Find(District district, string schoolId, Category category, Party party)
    {
        var desk = District(district.Desk);
        if (district.FindSchool(schoolId) is not { } school)
            return new Recipients(desk, "no certain school: the district's desk");
        var assigned = category == Category.SelfHarm ? school.Counsellors : school.Officers;
        var who = category == Category.SelfHarm ? "counsellor" : "officer";
        switch (party)
        {
            case Party.Assigned:
                return assigned.Count == 0
                    ? new Recipients(desk, $"no {who} is assigned to {school.Id}: the district's desk")
                    : new Recipients(All(assigned), $"{who} of {school.Id}");
            case Party.Backup when category == Category.Threat && school.Backups.Count > 0:
                return new Recipients(All(school.Backups), $"back-up of {school.Id}");
            case Party.Backup:
                return new Recipients(desk, $"no back-up for {school.Id}: the district's desk");
            case Party.Everybody:
                var backups = category == Category.SelfHarm ? [] : school.Backups;
                return new Recipients([.. All(assigned).Concat(All(backups)).Concat(desk).DistinctBy(officer => officer.Id)], $"everybody of {school.Id}");
            default:
                return new Recipients(desk, "the district's desk");
        }

        IReadOnlyList<Officer> All(IEnumerable<string> ids) => [.. ids.Select(district.FindOfficer).OfType<Officer>()];

        IReadOnlyList<Officer> District(string id) => district.FindOfficer(id) is { } officer ? [officer] : [];
    }
}

/// <summary>Who is told, and why these.</summary>
internal sealed record Recipients(IReadOnlyList<Officer> Officers, string Why);
