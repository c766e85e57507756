using System.Net;
using Microsoft.Extensions.Logging;
using ThreatWatch.Alerting.Notifying;
using ThreatWatch.Alerting.Notifying.Email;
using ThreatWatch.Alerting.Notifying.Sms;
using ThreatWatch.Core;
using ThreatWatch.Platform.Hosting;

namespace ThreatWatch.Alerting.Watch;

/// <summary>Tells the operators something that belongs to no alert: by e-mail, and by text message where that is set up.</summary>
public sealed partial class OperatorLine(Settings settings, EmailNotifier email, SmsNotifier sms, TimeProvider time, ILogger<OperatorLine> logger)
{
    // One segment and a half: what is left of a long list stands in the e-mail.
    private const int MostSmsCharacters = 240;

    /// <summary>True where at least one of them was reached.</summary>
    /// <param name="id">The same for the same message, also when it is sent again.</param>
    /// <param name="isUrgent">True sends the text message too, false only where the e-mail does not leave.</param>
    public async Task<bool> TellAsync(string id, string subject, IReadOnlyList<string> lines, bool isUrgent, CancellationToken cancellationToken)
    {
        var reached = false;
        foreach (var officer in settings.Get<AlertingOptions>().Watch.OperatorsOf(settings.Get<District>()))
        {
            var mailed = email.CanReach(officer) && Took(officer, Channel.Email, await MailAsync($"{id}-{officer.Id}", officer, subject, lines, cancellationToken));
            var texted = (isUrgent || !mailed) && sms.CanReach(officer)
                && Took(officer, Channel.Sms, await sms.DeliverAsync(officer.Sms!, ForPhones(subject, lines), $"{id}-{officer.Id}", cancellationToken));
            reached |= mailed || texted;
        }

        if (!reached)
            LogUnreached(id);
        return reached;
    }

    private async Task<SendOutcome> MailAsync(string id, Officer officer, string subject, IReadOnlyList<string> lines, CancellationToken cancellationToken)
    {
        const string Where = "Look with: threatwatch status";
        var text = string.Join('\n', lines.Select(line => $"- {line}")) + $"\n\n{Where}\n";
        var html = $"<!doctype html><html lang=\"en\"><body style=\"font:16px/1.45 sans-serif\"><ul>{string.Concat(lines.Select(line => $"<li>{WebUtility.HtmlEncode(line)}</li>"))}</ul><p>{Where}</p></body></html>";
        using var mail = MailComposer.ComposePlain(id, officer, subject, text, html, settings.Get<AlertingOptions>().Email, time.GetUtcNow());
        return await email.DeliverAsync(mail, id, id, cancellationToken);
    }

    private static string ForPhones(string subject, IReadOnlyList<string> lines)
    {
        var text = GsmAlphabet.Fold($"{subject}: {string.Join("; ", lines)}");
        return text.Length <= MostSmsCharacters ? text : text[..(MostSmsCharacters - 3)] + "...";
    }

    private bool Took(Officer officer, Channel channel, SendOutcome outcome)
    {
        if (outcome is SendOutcome.Sent)
            return true;
        LogNotTaken(officer.Id, channel, outcome switch { SendOutcome.RetryLater later => later.Why, SendOutcome.Rejected rejected => rejected.Why, _ => "" });
        return false;
    }

    [LoggerMessage(LogLevel.Error, "Operator {Officer} can't be told by {Channel}: {Why}")]
    private partial void LogNotTaken(string officer, Channel channel, string why);

    [LoggerMessage(LogLevel.Critical, "No operator could be told of {Id}")]
    private partial void LogUnreached(string id);
}
