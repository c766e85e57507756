using System.Net;
using MimeKit;
using ThreatWatch.Core;
using ThreatWatch.Platform.Hosting;

namespace ThreatWatch.Alerting.Notifying.Email;

/// <summary>E-mail: to the configured mail server, or as files into the pickup folder where none is configured.</summary>
public sealed class EmailNotifier(Settings settings, SmtpPool smtp, LastLook look, TimeProvider time) : IOperatorNotifier
{
    public Channel Channel => Channel.Email;

    // More than there are connections: a message that waits for one is composed already. No more than leave within about a second.
    // With a rate, no more than it lets through within half a minute: the others wait in the store, where they can still be called off.
    public int Concurrency => settings.Get<AlertingOptions>().Email.Smtp is { } server ? Math.Min(8 * server.Connections, server.Burst ?? int.MaxValue) : 64;

    public bool CanReach(Officer officer) => officer.Email is not null;

    public async Task<SendOutcome> SendAsync(OutgoingMessage message, CancellationToken cancellationToken)
    {
        var options = settings.Get<AlertingOptions>().Email;
        if (message.To.Email is null)
            return new SendOutcome.Rejected("the person has no e-mail address");
        using var mail = MailComposer.Compose(message, options, time.GetUtcNow());
        var row = message.Notification;
        return await DeliverAsync(
            mail, row.Id, $"{row.AlertId}-{row.OfficerId}-{row.Reason.ToString().ToLowerInvariant()}-{row.Id[^8..]}", cancellationToken,
            token => look.IsWantedAsync(row, token));
    }

    public async Task<SendOutcome> TellAsync(Officer to, OperatorMessage message, CancellationToken cancellationToken)
    {
        const string Where = "Look with: threatwatch status";
        var text = string.Join('\n', message.Lines.Select(line => $"- {line}")) + $"\n\n{Where}\n";
        var html = $"<!doctype html><html lang=\"en\"><body style=\"font:16px/1.45 sans-serif\"><ul>{string.Concat(message.Lines.Select(line => $"<li>{WebUtility.HtmlEncode(line)}</li>"))}</ul><p>{Where}</p></body></html>";
        using var mail = MailComposer.ComposePlain(message.Id, to, message.Subject, text, html, settings.Get<AlertingOptions>().Email, time.GetUtcNow());
        return await DeliverAsync(mail, message.Id, message.Id, cancellationToken);
    }

    /// <summary>Sends a mail that is made already.</summary>
    /// <param name="id">The same for the same mail, also when it is sent again.</param>
    /// <param name="fileName">Its name in the pickup folder, without an ending.</param>
    internal async Task<SendOutcome> DeliverAsync(MimeMessage mail, string id, string fileName, CancellationToken cancellationToken, Func<CancellationToken, Task<bool>>? isWanted = null)
    {
        var options = settings.Get<AlertingOptions>().Email;
        options.Dkim?.Sign(mail);
        return options.Smtp is { } server
            ? await smtp.SendAsync(mail, new MailEnvelope(id, options.Reports is not null), server, settings.Current.Folder, cancellationToken, isWanted)
            : await PickupFolder.WriteAsync(mail, fileName, Path.GetFullPath(options.PickupFolder, settings.Current.Folder), cancellationToken);
    }
}
