using MimeKit;
using MimeKit.Text;
using MimeKit.Utils;
using ThreatWatch.Core;

namespace ThreatWatch.Alerting.Notifying.Email;

/// <summary>Makes the e-mail of a notification: always the same Message-ID for the same notification, and one conversation for one alert.</summary>
internal static class MailComposer
{
    public static MimeMessage Compose(OutgoingMessage message, EmailOptions options, DateTimeOffset now)
    {
        if (!EmailOptions.TryAddress(options.From, out var from))
            throw new InvalidOperationException("the sender's address was not validated");
        var alert = message.Brief.Alert;
        var domain = from.Address[(from.Address.LastIndexOf('@') + 1)..];
        var mail = new MimeMessage
        {
            MessageId = $"{message.Notification.Id}@{domain}",
            Date = now,
            Subject = Headline.For(message),
            Body = new MultipartAlternative
            {
                new TextPart(TextFormat.Plain) { Text = MailText.Write(message) },
                new TextPart(TextFormat.Html) { Text = MailHtml.Write(message) },
            },
        };
        Address(mail, from, message.To, options);
        Thread(mail, message, domain);
        mail.Headers.Add(HeaderId.ListId, Encoded($"{message.Brief.DistrictName} alerts", $"alerts.{domain}"));
        mail.Headers.Add(HeaderId.ListHelp, $"<{message.Brief.ConsoleUrl.AbsoluteUri}>");
        mail.Headers.Add("X-ThreatWatch-Alert", alert.Id);
        if (options.Reports is { ReadReceipts: true })
            mail.Headers.Add(HeaderId.DispositionNotificationTo, from.Address);
        if (alert.IsDrill)
            mail.Headers.Add("X-ThreatWatch-Drill", "yes");
        if (message.Notification.Reason != NotificationReason.Acknowledged && alert.Level >= RiskLevel.High)
        {
            mail.Importance = MessageImportance.High;
            mail.Priority = MessagePriority.Urgent;
            mail.XPriority = XMessagePriority.Highest;
        }

        mail.Prepare(EncodingConstraint.SevenBit);
        return mail;
    }

    /// <summary>A mail that belongs to no alert, such as a digest.</summary>
    public static MimeMessage ComposePlain(string id, Officer to, string subject, string text, string html, EmailOptions options, DateTimeOffset now)
    {
        if (!EmailOptions.TryAddress(options.From, out var from))
            throw new InvalidOperationException("the sender's address was not validated");
        var mail = new MimeMessage
        {
            MessageId = $"{id}@{from.Address[(from.Address.LastIndexOf('@') + 1)..]}",
            Date = now,
            Subject = subject,
            Body = new MultipartAlternative { new TextPart(TextFormat.Plain) { Text = text }, new TextPart(TextFormat.Html) { Text = html } },
        };
        Address(mail, from, to, options);
        mail.Prepare(EncodingConstraint.SevenBit);
        return mail;
    }

    private static void Address(MimeMessage mail, MailboxAddress from, Officer to, EmailOptions options)
    {
        mail.From.Add(from);
        mail.To.Add(new MailboxAddress(to.Name, to.Email!));
        if (options.ReplyTo is not null && EmailOptions.TryAddress(options.ReplyTo, out var reply))
            mail.ReplyTo.Add(reply);
        // Not a newsletter and not a person: no "bulk", no holiday replies (RFC 3834 and Exchange's own header).
        mail.Headers.Add("Auto-Submitted", "auto-generated");
        mail.Headers.Add("X-Auto-Response-Suppress", "All");
    }

    // All messages of an alert refer to one made-up root, so that they are one conversation whichever of them arrives first.
    private static void Thread(MimeMessage mail, OutgoingMessage message, string domain)
    {
        var root = $"alert.{message.Brief.Alert.Id.ToLowerInvariant()}@{domain}";
        mail.References.Add(root);
        foreach (var earlier in message.EarlierIds.TakeLast(10).Select(MimeUtils.ParseMessageId).OfType<string>())
            mail.References.Add(earlier);
        mail.InReplyTo = mail.References[^1];
    }

    private static string Encoded(string phrase, string id)
    {
        var ascii = new string([.. phrase.Where(c => char.IsAsciiLetterOrDigit(c) || c is ' ' or '-')]);
        return $"{ascii.Trim()} <{id}>";
    }
}
