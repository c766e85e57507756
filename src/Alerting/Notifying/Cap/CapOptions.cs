using System.Text.RegularExpressions;
using ThreatWatch.Alerting.Notifying.Webhooks;
using ThreatWatch.Core;
using ThreatWatch.Platform.Hosting;

namespace ThreatWatch.Alerting.Notifying.Cap;

/// <summary>A partner that takes alerts in the Common Alerting Protocol, such as a dispatch centre. In "cap" of section "alerting".</summary>
public sealed partial record CapOptions
{
    /// <summary>Id of the person of the district for whom it stands; it is told when they are.</summary>
    public string Officer { get; init; } = "";

    /// <summary>Where the XML is posted.</summary>
    public Secret Url { get; init; } = Secret.None;

    /// <summary>Such as "Authorization": { "file": "/run/secrets/dispatch" }.</summary>
    public IReadOnlyDictionary<string, Secret> Headers { get; init; } = new Dictionary<string, Secret>();

    /// <summary>Names this district to the partner, as agreed: no spaces, commas, &lt; or &amp;.</summary>
    public string Sender { get; init; } = "";

    /// <summary>Adds the address of the public post; its words never go along.</summary>
    public bool PostUrl { get; init; }

    /// <summary>After this time the partner may drop the alert. 10 minutes to 7 days.</summary>
    public TimeSpan ValidFor { get; init; } = TimeSpan.FromHours(24);

    internal static void Validate(IReadOnlyList<CapOptions> all, AlertingOptions alerting, District district, Problems problems)
    {
        for (var i = 0; i < all.Count; i++)
        {
            var (partner, at) = (all[i], problems.At("cap", i));
            WebhookOptions.CheckTarget(partner.Officer, partner.Url, Channel.Cap, alerting, district, at);
            if (all.Take(i).Any(other => other.Officer == partner.Officer))
                at.Add("officer", "has a partner already");
            if (!Sign().IsMatch(partner.Sender))
                at.Add("sender", "is needed, such as \"threatwatch@district.example\", without spaces, commas, < and &");
            if (partner.ValidFor < TimeSpan.FromMinutes(10) || partner.ValidFor > TimeSpan.FromDays(7))
                at.Add("validFor", "must be 10m to 7d");
        }
    }

    [GeneratedRegex(@"^[^\s,<&]+$")]
    private static partial Regex Sign();
}
