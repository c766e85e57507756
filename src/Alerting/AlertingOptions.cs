using ThreatWatch.Alerting.Escalation;
using ThreatWatch.Alerting.Intake;
using ThreatWatch.Alerting.Notifying;
using ThreatWatch.Alerting.Notifying.Email;
using ThreatWatch.Platform.Hosting;

namespace ThreatWatch.Alerting;

/// <summary>How people are told. Section "alerting" of the configuration.</summary>
public sealed record AlertingOptions
{
    public IncidentOptions Incidents { get; init; } = new();

    public EscalationOptions Escalation { get; init; } = new();

    public EmailOptions Email { get; init; } = new();

    /// <summary>The district's own words on what to do, by category and level; ours stand in where none fits.</summary>
    public IReadOnlyList<GuidanceText> Guidance { get; init; } = [];

    /// <summary>How long a link that acknowledges works. 10 minutes to 30 days.</summary>
    public TimeSpan LinkLifetime { get; init; } = TimeSpan.FromDays(3);

    internal static void Validate(AlertingOptions options, SettingsSnapshot all, Problems problems)
    {
        IncidentOptions.Validate(options.Incidents, problems.At("incidents"));
        EscalationOptions.Validate(options.Escalation, problems.At("escalation"));
        EmailOptions.Validate(options.Email, all.Folder, problems.At("email"));
        GuidanceText.Validate(options.Guidance, problems);
        if (options.LinkLifetime < TimeSpan.FromMinutes(10) || options.LinkLifetime > TimeSpan.FromDays(30))
            problems.Add("linkLifetime", "must be 10m to 30d");
    }
}
