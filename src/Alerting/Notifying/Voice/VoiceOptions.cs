using ThreatWatch.Alerting.Notifying.Twilio;
using ThreatWatch.Platform.Hosting;

namespace ThreatWatch.Alerting.Notifying.Voice;

/// <summary>Calls through Twilio. Part "voice" of section "alerting"; without it nobody is called.</summary>
public sealed record VoiceOptions
{
    /// <summary>The number that calls, E.164.</summary>
    public string From { get; init; } = "";

    /// <summary>How long it rings, 5 s to 2 min. Shorter than a mailbox waits, so that a mailbox does not count as a person.</summary>
    public TimeSpan RingFor { get; init; } = TimeSpan.FromSeconds(25);

    /// <summary>Of the voice that reads, such as "en-US".</summary>
    public string Language { get; init; } = "en-US";

    internal static void Validate(VoiceOptions options, TwilioOptions? twilio, Problems problems)
    {
        if (twilio is null)
            problems.Add("", "needs the account in \"alerting.twilio\"");
        if (NumberingPlan.Fault(options.From) is { } fault)
            problems.Add("from", fault);
        if (options.RingFor < TimeSpan.FromSeconds(5) || options.RingFor > TimeSpan.FromMinutes(2))
            problems.Add("ringFor", "must be 5s to 2m");
        if (options.Language.Length is 0 or > 20 || !options.Language.All(c => char.IsAsciiLetterOrDigit(c) || c == '-'))
            problems.Add("language", "must be such as \"en-US\"");
    }
}
