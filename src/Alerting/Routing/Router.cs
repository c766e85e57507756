using ThreatWatch.Alerting.Escalation;
using ThreatWatch.Core;

namespace ThreatWatch.Alerting.Routing;

/// <summary>Finds the people of a step: by route tree, school, category, level and duty. Whatever happens somebody is named, and the reason is said.</summary>
internal sealed class Router(District district, AlertingOptions options, DutyRoster duty)
{
    /// <summary>The policy that an alert follows.</summary>
    public EscalationOptions PolicyFor(string schoolId, Category category, RiskLevel level) =>
        Route.Choose(options.Routes, schoolId, category, level).Policy is { } name && options.Policies.TryGetValue(name, out var policy) ? policy : options.Escalation;

    public Recipients Find(string schoolId, Category category, RiskLevel level, Party party, DateTimeOffset at)
    {
        var choice = Route.Choose(options.Routes, schoolId, category, level);
        var found = party switch
        {
            Party.Assigned => Assigned(choice, schoolId, category, level, at),
            Party.Backup => Backup(schoolId, category, at),
            Party.Desk => new Recipients(Desk, "the district's desk"),
            _ => Everybody(choice, schoolId, category, level),
        };
        // Besides the school's own people and whoever is on duty among them, and in their steps alone.
        if (party is Party.Assigned or Party.Everybody && category == Category.Threat && level >= options.Police.ThreatFrom)
            found = new Recipients(Together(found.Officers.Count > 0 ? found.Officers : Desk, All(options.Police.ThreatTo)), $"{found.Why}; police by policy ({options.Police.Reason})");
        return found.Officers.Count > 0 ? found : found with { Officers = Desk };
    }

    private IReadOnlyList<Officer> Desk => All([district.Desk]);

    private Recipients Assigned(RouteChoice choice, string schoolId, Category category, RiskLevel level, DateTimeOffset at)
    {
        var school = district.FindSchool(schoolId);
        var also = All(choice.Also);
        if (school is null && choice.To.Count == 0)
            return new Recipients(Together(Desk, also), "no certain school: the district's desk");
        var (people, who) = choice.To.Count > 0 ? (All(choice.To), choice.Path.TrimEnd('.')) : AssignedTo(school!, category);
        if (people.Count == 0)
            return new Recipients(Together(Desk, also), $"no {who} is assigned to {schoolId}: the district's desk");
        var (police, reason) = Police(school, category, level);
        var onDuty = OnDuty(Together(people, police), schoolId, at);
        if (onDuty.Count > 0)
            return new Recipients(Together(onDuty, also), $"{who} of {schoolId}{reason}");
        var backups = category == Category.Threat && school is not null ? OnDuty(All(school.Backups), schoolId, at) : [];
        return backups.Count > 0
            ? new Recipients(Together(backups, also), $"no {who} of {schoolId} is on duty: the back-up")
            : new Recipients(Together(Desk, also), $"nobody for {schoolId} is on duty: the district's desk");
    }

    private Recipients Backup(string schoolId, Category category, DateTimeOffset at)
    {
        var backups = category == Category.Threat && district.FindSchool(schoolId) is { } school ? All(school.Backups) : [];
        var onDuty = OnDuty(backups, schoolId, at);
        return onDuty.Count > 0
            ? new Recipients(onDuty, $"back-up of {schoolId}")
            : new Recipients(Desk, $"no back-up for {schoolId}{(backups.Count > 0 ? " is on duty" : "")}: the district's desk");
    }

    // The last step asks nobody whether it suits.
    private Recipients Everybody(RouteChoice choice, string schoolId, Category category, RiskLevel level)
    {
        var school = district.FindSchool(schoolId);
        var people = choice.To.Count > 0 ? All(choice.To) : school is null ? [] : AssignedTo(school, category).People;
        var backups = category == Category.Threat && school is not null ? All(school.Backups) : [];
        var (police, reason) = Police(school, category, level);
        return new Recipients(Together(people, police, backups, Desk, All(choice.Also)), $"everybody of {schoolId}{reason}");
    }

    private (IReadOnlyList<Officer> People, string Who) AssignedTo(School school, Category category) =>
        category == Category.SelfHarm ? (All(school.Counsellors), "counsellor") : (All(school.Officers), "officer");

    private (IReadOnlyList<Officer> Officers, string Reason) Police(School? school, Category category, RiskLevel level) =>
        school is not null && category == Category.SelfHarm && options.Police.SelfHarmFrom is { } from && level >= from
            ? (All(school.Officers), $", and the officer by policy ({options.Police.Reason})")
            : ([], "");

    private IReadOnlyList<Officer> OnDuty(IEnumerable<Officer> officers, string schoolId, DateTimeOffset at) =>
        [.. officers.Where(officer => duty.IsOn(officer.Id, schoolId, at))];

    private IReadOnlyList<Officer> All(IEnumerable<string> ids) => [.. ids.Select(district.FindOfficer).OfType<Officer>()];

    private static IReadOnlyList<Officer> Together(params IEnumerable<Officer>[] lists) => [.. lists.SelectMany(list => list).DistinctBy(officer => officer.Id)];
}

/// <summary>Who is told, and why these.</summary>
internal sealed record Recipients(IReadOnlyList<Officer> Officers, string Why);
