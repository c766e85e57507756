using ThreatWatch.Core;
using ThreatWatch.Platform.Hosting;

namespace ThreatWatch.Alerting.Routing;

/// <summary>
/// The district's threshold for involving police. Part "police" of section "alerting". By default an officer never hears of self-harm, and
/// nobody beyond the school's own people hears of a threat.
/// </summary>
public sealed record PoliceOptions
{
    /// <summary>When the school's officer is told of self-harm besides the counsellor: "critical", or not given for never. Less is refused: police are not the default answer to self-harm.</summary>
    public RiskLevel? SelfHarmFrom { get; init; }

    /// <summary>When those of "threatTo" are told of a threat besides the school's own people: "high" or "critical"; not given for never.</summary>
    public RiskLevel? ThreatFrom { get; init; }

    /// <summary>Ids of those who stand for the police outside: dispatch, a watch commander.</summary>
    public IReadOnlyList<string> ThreatTo { get; init; } = [];

    /// <summary>The district's reason, recorded in the audit of each such alert.</summary>
    public string Reason { get; init; } = "";

    internal static void Validate(PoliceOptions options, District district, Problems problems)
    {
        if (options.SelfHarmFrom is { } level && level != RiskLevel.Critical)
            problems.Add("selfHarmFrom", "may only be \"critical\"");
        if (options.ThreatFrom is not (null or RiskLevel.High or RiskLevel.Critical))
            problems.Add("threatFrom", "must be \"high\" or \"critical\": nothing below is told to anybody");
        if (options.ThreatFrom is null != (options.ThreatTo.Count == 0))
            problems.Add(options.ThreatFrom is null ? "threatFrom" : "threatTo", "\"threatFrom\" and \"threatTo\" need each other");
        foreach (var id in options.ThreatTo.Where(id => district.FindOfficer(id) is null))
            problems.Add("threatTo", $"no officer has the id \"{id}\"");
        if ((options.SelfHarmFrom ?? options.ThreatFrom) is not null && string.IsNullOrWhiteSpace(options.Reason))
            problems.Add("reason", "is needed: it is recorded with each alert that police are told of");
    }
}
