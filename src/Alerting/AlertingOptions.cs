using ThreatWatch.Alerting.Digest;
using ThreatWatch.Alerting.Drills;
using ThreatWatch.Alerting.Escalation;
using ThreatWatch.Alerting.Intake;
using ThreatWatch.Alerting.Notifying;
using ThreatWatch.Alerting.Notifying.Cap;
using ThreatWatch.Alerting.Notifying.Email;
using ThreatWatch.Alerting.Routing;
using ThreatWatch.Alerting.Notifying.Sms;
using ThreatWatch.Alerting.Notifying.Twilio;
using ThreatWatch.Alerting.Notifying.Voice;
using ThreatWatch.Alerting.Notifying.Webhooks;
using ThreatWatch.Alerting.Watch;
using ThreatWatch.Core;
using ThreatWatch.Platform.Hosting;

namespace ThreatWatch.Alerting;

/// <summary>How people are told. Section "alerting" of the configuration.</summary>
public sealed record AlertingOptions
{
    public IncidentOptions Incidents { get; init; } = new();

    public EscalationOptions Escalation { get; init; } = new();

    /// <summary>Other policies by name, for routes.</summary>
    public IReadOnlyDictionary<string, EscalationOptions> Policies { get; init; } = new Dictionary<string, EscalationOptions>();

    /// <summary>The route tree; the first branch that fits is taken.</summary>
    public IReadOnlyList<Route> Routes { get; init; } = [];

    public DutyOptions Duty { get; init; } = new();

    public PoliceOptions Police { get; init; } = new();

    /// <summary>Null for none.</summary>
    public QuietHours? QuietHours { get; init; }

    /// <summary>Null for none.</summary>
    public DigestOptions? Digest { get; init; }

    public EmailOptions Email { get; init; } = new();

    /// <summary>The account that sends text messages and makes calls; null where neither goes through Twilio.</summary>
    public TwilioOptions? Twilio { get; init; }

    /// <summary>Text messages; null for none.</summary>
    public SmsOptions? Sms { get; init; }

    /// <summary>Calls; null for none.</summary>
    public VoiceOptions? Voice { get; init; }

    /// <summary>Slack and Teams channels, and other systems.</summary>
    public IReadOnlyList<WebhookOptions> Webhooks { get; init; } = [];

    /// <summary>Partners that take the Common Alerting Protocol.</summary>
    public IReadOnlyList<CapOptions> Cap { get; init; } = [];

    /// <summary>The district's own words on what to do, by category and level; ours stand in where none fits.</summary>
    public IReadOnlyList<GuidanceText> Guidance { get; init; } = [];

    /// <summary>The watch over the chain itself.</summary>
    public WatchOptions Watch { get; init; } = new();

    /// <summary>Drills that come every week by themselves.</summary>
    public IReadOnlyList<DrillOptions> Drills { get; init; } = [];

    /// <summary>How long a link that acknowledges works. 10 minutes to 30 days.</summary>
    public TimeSpan LinkLifetime { get; init; } = TimeSpan.FromDays(3);

    /// <summary>Sends made-up messages to itself after each start, so that the first real alert is as fast as the others. No provider sees them.</summary>
    public bool Rehearses { get; init; } = true;

    internal static void Validate(AlertingOptions options, SettingsSnapshot all, Problems problems)
    {
        IncidentOptions.Validate(options.Incidents, problems.At("incidents"));
        EscalationOptions.Validate(options.Escalation, problems.At("escalation"));
        foreach (var (name, policy) in options.Policies)
            EscalationOptions.Validate(policy, problems.At("policies").At(name));
        Route.Validate(options.Routes, options, all.Get<District>(), problems);
        DutyOptions.Validate(options.Duty, all, problems.At("duty"));
        PoliceOptions.Validate(options.Police, all.Get<District>(), problems.At("police"));
        EmailOptions.Validate(options.Email, all.Folder, problems.At("email"));
        if (options.Twilio is { } twilio)
            TwilioOptions.Validate(twilio, problems.At("twilio"));
        if (options.Sms is { } sms)
        {
            SmsOptions.Validate(sms, options.Twilio, all.Get<HttpOptions>(), problems.At("sms"));
            NumberingPlan.Validate(all.Get<District>(), problems.At("sms"));
        }

        if (options.Voice is { } voice)
            VoiceOptions.Validate(voice, options.Twilio, problems.At("voice"));
        WebhookOptions.Validate(options.Webhooks, options, all.Get<District>(), problems);
        CapOptions.Validate(options.Cap, options, all.Get<District>(), problems);
        GuidanceText.Validate(options.Guidance, problems);
        WatchOptions.Validate(options.Watch, all.Get<District>(), problems.At("watch"));
        DrillOptions.Validate(options.Drills, all.Get<District>(), problems);
        if (options.LinkLifetime < TimeSpan.FromMinutes(10) || options.LinkLifetime > TimeSpan.FromDays(30))
            problems.Add("linkLifetime", "must be 10m to 30d");
    }
}
