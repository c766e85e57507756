using System.Globalization;
using ThreatWatch.Alerting.Notifying.Twilio;
using ThreatWatch.Core;
using ThreatWatch.Platform.Hosting;

namespace ThreatWatch.Alerting.Notifying.Sms;

/// <summary>Text messages, through Twilio or the configured gateway.</summary>
public sealed class SmsNotifier(Settings settings, TwilioApi twilio, Gateway gateway, ReceiptLinks links, LastLook look) : IOperatorNotifier
{
    // One segment and a half.
    private const int MostForOperators = 240;

    public Channel Channel => Channel.Sms;

    // No more than may leave within a second: what is taken up early could be overtaken by an acknowledgement.
    public int Concurrency => settings.Get<AlertingOptions>() switch
    {
        { Sms.Gateway: { } other } => other.PerSecond,
        { Twilio: { } account } => account.PerSecond,
        _ => 1,
    };

    public bool CanReach(Officer officer) => officer.Sms is not null && settings.Get<AlertingOptions>().Sms is not null;

    public async Task<SendOutcome> SendAsync(OutgoingMessage message, CancellationToken cancellationToken)
    {
        var options = settings.Get<AlertingOptions>();
        if (message.To.Sms is not { } to)
            return new SendOutcome.Rejected("the person has no number for text messages");
        if (options.Sms is not { } sms)
            return new SendOutcome.Rejected("text messages are not set up");
        if ((sms.Gateway is null ? twilio.Paused() : gateway.Paused()) is { } pause)
            return pause;
        var waited = sms.Gateway is { } other
            ? await gateway.TurnAsync(other, cancellationToken)
            : await twilio.TurnAsync(options.Twilio!, cancellationToken);
        if (waited && !await look.IsWantedAsync(message.Notification, cancellationToken))
            return LastLook.Overtaken;
        var isPublic = settings.Get<HttpOptions>().PublicUrl is not null;
        var text = SmsText.Write(message, isPublic ? message.AcknowledgeUrl : null, isPublic && sms.Gateway is null or { Replies: not null }, sms.PostCharacters);
        return sms.Gateway is { } way
            ? await gateway.SendAsync(way, to, text, message.Notification.Id, cancellationToken, way.Receipts is null ? null : links.For(message.Notification.Id))
            : await SendAsync(options.Twilio!, sms, message, to, text, cancellationToken);
    }

    public async Task<SendOutcome> TellAsync(Officer to, OperatorMessage message, CancellationToken cancellationToken)
    {
        var options = settings.Get<AlertingOptions>();
        if (options.Sms is not { } sms || to.Sms is not { } number)
            return new SendOutcome.Rejected("text messages are not set up");
        var text = GsmAlphabet.Fold(message.InOneLine(MostForOperators));
        if (sms.Gateway is { } way)
        {
            await gateway.TurnAsync(way, cancellationToken);
            return await gateway.SendAsync(way, number, text, message.Id, cancellationToken);
        }

        await twilio.TurnAsync(options.Twilio!, cancellationToken);
        return await twilio.CreateAsync(options.Twilio!, "Messages", Fields(sms, number, text), cancellationToken);
    }

    private async Task<SendOutcome> SendAsync(
        TwilioOptions account, SmsOptions sms, OutgoingMessage message, string to, string text, CancellationToken cancellationToken)
    {
        var row = message.Notification;
        if (row.Attempt > 1
            && await twilio.FindMessageAsync(account, to, row.AlertId, row.QueuedAt, message.EarlierIds, cancellationToken) is { } earlier)
            return earlier;
        var fields = Fields(sms, to, text);
        if (TwilioCallbacks.UrlFor(settings.Get<HttpOptions>(), $"sms/status/{row.Id}") is { } callback)
            fields["StatusCallback"] = callback.AbsoluteUri;
        return await twilio.CreateAsync(account, "Messages", fields, cancellationToken);
    }

    private static Dictionary<string, string> Fields(SmsOptions sms, string to, string text)
    {
        var fields = new Dictionary<string, string>
        {
            ["To"] = to,
            ["Body"] = text,
            // Better never than an hour late, when somebody has had it for long.
            ["ValidityPeriod"] = sms.ValidFor.TotalSeconds.ToString("0", CultureInfo.InvariantCulture),
        };
        if (sms.From is { } from)
            fields["From"] = from;
        else
            fields["MessagingServiceSid"] = sms.MessagingService!;
        return fields;
    }
}
