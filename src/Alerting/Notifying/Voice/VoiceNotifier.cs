using System.Globalization;
using ThreatWatch.Alerting.Notifying.Twilio;
using ThreatWatch.Core;
using ThreatWatch.Platform.Hosting;

namespace ThreatWatch.Alerting.Notifying.Voice;

/// <summary>
/// Calls people; the policy's steps say when, by default at Critical. A call whose answer from the provider got lost is made again: a
/// phone that rings twice is better than none.
/// </summary>
public sealed class VoiceNotifier(Settings settings, TwilioApi twilio, LastLook look) : IOperatorNotifier
{
    public Channel Channel => Channel.Voice;

    // Twilio begins one call a second for a number; more would wait there, where no acknowledgement stops them.
    public int Concurrency => 2;

    public bool CanReach(Officer officer) => Number(officer) is not null && settings.Get<AlertingOptions>().Voice is not null;

    public async Task<SendOutcome> SendAsync(OutgoingMessage message, CancellationToken cancellationToken)
    {
        var options = settings.Get<AlertingOptions>();
        if (Number(message.To) is not { } to)
            return new SendOutcome.Rejected("the person has no number for calls");
        if (options is not { Voice: { } voice, Twilio: { } account })
            return new SendOutcome.Rejected("calls are not set up");
        if (twilio.Paused() is { } pause)
            return pause;
        if (await twilio.TurnAsync(account, cancellationToken) && !await look.IsWantedAsync(message.Notification, cancellationToken))
            return LastLook.Overtaken;
        var (http, id) = (settings.Get<HttpOptions>(), message.Notification.Id);
        var fields = Fields(voice, to, CallScript.Open(message, TwilioCallbacks.UrlFor(http, $"voice/answer/{id}"), voice.Language));
        if (TwilioCallbacks.UrlFor(http, $"voice/status/{id}") is { } status)
            fields["StatusCallback"] = status.AbsoluteUri;
        return await twilio.CreateAsync(account, "Calls", fields, cancellationToken);
    }

    public async Task<SendOutcome> TellAsync(Officer to, OperatorMessage message, CancellationToken cancellationToken)
    {
        if (settings.Get<AlertingOptions>() is not { Voice: { } voice, Twilio: { } account } || Number(to) is not { } number)
            return new SendOutcome.Rejected("calls are not set up");
        await twilio.TurnAsync(account, cancellationToken);
        return await twilio.CreateAsync(account, "Calls", Fields(voice, number, CallScript.Tell(message, voice.Language)), cancellationToken);
    }

    private static Dictionary<string, string> Fields(VoiceOptions voice, string to, string script) => new()
    {
        ["To"] = to,
        ["From"] = voice.From,
        ["Timeout"] = voice.RingFor.TotalSeconds.ToString("0", CultureInfo.InvariantCulture),
        ["Twiml"] = script,
    };

    private static string? Number(Officer officer) => officer.Voice ?? officer.Sms;
}
