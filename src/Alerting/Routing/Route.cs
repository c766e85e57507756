using ThreatWatch.Core;
using ThreatWatch.Platform.Hosting;

namespace ThreatWatch.Alerting.Routing;

/// <summary>
/// A branch of the route tree: alerts that fit go this way, and the first of its branches that fits may say more. What a branch leaves
/// open its parent decides, and what nobody decides comes from the school's own assignment.
/// </summary>
public sealed record Route
{
    /// <summary>Empty fits every school; "district" is no certain school.</summary>
    public IReadOnlyList<string> Schools { get; init; } = [];

    public IReadOnlyList<Category> Categories { get; init; } = [];

    /// <summary>Empty fits every level.</summary>
    public IReadOnlyList<RiskLevel> Levels { get; init; } = [];

    /// <summary>Told instead of the school's assigned people; empty leaves it at those.</summary>
    public IReadOnlyList<string> To { get; init; } = [];

    /// <summary>Told besides.</summary>
    public IReadOnlyList<string> Also { get; init; } = [];

    /// <summary>The name of a policy under "policies"; the parent's, or "escalation", where it is not given.</summary>
    public string? Policy { get; init; }

    public IReadOnlyList<Route> Routes { get; init; } = [];

    /// <summary>What the tree says of an alert.</summary>
    internal static RouteChoice Choose(IReadOnlyList<Route> tree, string schoolId, Category category, RiskLevel level)
    {
        var choice = new RouteChoice([], [], null, "");
        var branches = tree;
        while (branches.Select((route, index) => (Route: route, Index: index)).FirstOrDefault(pair => pair.Route.Fits(schoolId, category, level)) is { Route: { } route } pair)
        {
            choice = new RouteChoice(
                route.To.Count > 0 ? route.To : choice.To,
                [.. choice.Also.Union(route.Also)],
                route.Policy ?? choice.Policy,
                $"{choice.Path}routes[{pair.Index}].");
            branches = route.Routes;
        }

        return choice;
    }

    internal static void Validate(IReadOnlyList<Route> routes, AlertingOptions options, District district, Problems problems)
    {
        for (var i = 0; i < routes.Count; i++)
        {
            var (route, at) = (routes[i], problems.At("routes", i));
            foreach (var id in route.To.Concat(route.Also).Where(id => district.FindOfficer(id) is null))
                at.Add(route.To.Contains(id) ? "to" : "also", $"no officer has the id \"{id}\"");
            foreach (var id in route.Schools.Where(id => id != District.DeskSchoolId && district.FindSchool(id) is null))
                at.Add("schools", $"no school has the id \"{id}\"");
            if (route.Policy is { } policy && !options.Policies.ContainsKey(policy))
                at.Add("policy", $"no policy is called \"{policy}\"; known: {string.Join(", ", options.Policies.Keys)}");
            Validate(route.Routes, options, district, at);
        }
    }

    private bool Fits(string schoolId, Category category, RiskLevel level) =>
        (Schools.Count == 0 || Schools.Contains(schoolId))
        && (Categories.Count == 0 || Categories.Contains(category))
        && (Levels.Count == 0 || Levels.Contains(level));
}

/// <summary>What the route tree says of an alert.</summary>
/// <param name="Path">The branch that was taken, such as "routes[1].routes[0]."; empty where none fits.</param>
internal sealed record RouteChoice(IReadOnlyList<string> To, IReadOnlyList<string> Also, string? Policy, string Path);
