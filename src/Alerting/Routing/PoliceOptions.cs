using ThreatWatch.Core;
using ThreatWatch.Platform.Hosting;

namespace ThreatWatch.Alerting.Routing;

/// <summary>When an officer is told of self-harm besides the counsellor. Part "police" of section "alerting". By default never.</summary>
public sealed record PoliceOptions
{
    /// <summary>"critical", or not given for never. Less than Critical is refused: police are not the default answer to self-harm.</summary>
    public RiskLevel? SelfHarmFrom { get; init; }

    /// <summary>The district's reason, recorded in the audit of each such alert.</summary>
    public string Reason { get; init; } = "";

    internal static void Validate(PoliceOptions options, Problems problems)
    {
        if (options.SelfHarmFrom is { } level && level != RiskLevel.Critical)
            problems.Add("selfHarmFrom", "may only be \"critical\"");
        if (options.SelfHarmFrom is not null && string.IsNullOrWhiteSpace(options.Reason))
            problems.Add("reason", "is needed with \"selfHarmFrom\": it is recorded with each alert that an officer is told of");
    }
}
