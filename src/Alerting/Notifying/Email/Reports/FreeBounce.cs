using System.Text.RegularExpressions;
using MimeKit;

namespace ThreatWatch.Alerting.Notifying.Email.Reports;

/// <summary>
/// Bounces in free words, without the part for machines that the standard asks for. Only what a mail system itself sent, says that a mail did
/// not arrive, and names one of our mails by its Message-ID: to guess would mark people as untold who were told.
/// </summary>
internal static partial class FreeBounce
{
    private const int MostCharacters = 100_000;

    private static readonly string[] MailSystems = ["mailer-daemon", "postmaster", "mail-daemon", "mailerdaemon", "microsoftexchange"];

    /// <summary>True where a mail system sent it, by its headers alone. A person's holiday reply bears many of the same marks, but a person's address.</summary>
    public static bool IsFromMailSystem(HeaderList headers) =>
        headers["X-Failed-Recipients"] is not null
        || (InternetAddressList.TryParse(headers[HeaderId.From] ?? "", out var from)
            && from.Mailboxes.Any(mailbox => MailSystems.Any(name => LocalPart(mailbox).StartsWith(name, StringComparison.OrdinalIgnoreCase))));

    /// <summary>Null where it says nothing that we can use.</summary>
    public static MailReport? Read(MimeMessage message)
    {
        if (!IsFromMailSystem(message.Headers) || MessageId(message) is not { } mail)
            return null;
        var words = Words(message);
        var code = Code().Match(words);
        return code.Success || Failure().IsMatch(words)
            ? new(mail[1..33], mail, ReceiptKind.Failed, $"the mail came back{(code.Success ? $" ({code.Value})" : "")}")
            : null;
    }

    private static string LocalPart(MailboxAddress mailbox) => mailbox.Address[..Math.Max(0, mailbox.Address.IndexOf('@', StringComparison.Ordinal))];

    // The mail itself, or the answer's own thread, or a line among the words where a mail system quotes the headers.
    private static string? MessageId(MimeMessage message) =>
        message.BodyParts.OfType<MessagePart>().Select(part => $"<{part.Message?.MessageId}>")
            .Concat(message.BodyParts.OfType<TextPart>().Select(part => Head(part.Text)))
            .Prepend(message.Headers[HeaderId.InReplyTo] ?? "")
            .Append(message.Headers[HeaderId.References] ?? "")
            .Select(text => OurMessageId().Match(text))
            .FirstOrDefault(match => match.Success)?.Value;

    // Without what it quotes: the mail that came back may speak of anything.
    private static string Words(MimeMessage message)
    {
        var text = Head(message.TextBody ?? message.HtmlBody ?? "");
        var quoted = Quoted().Match(text);
        return $"{message.Subject}\n{(quoted.Success ? text[..quoted.Index] : text)}";
    }

    private static string Head(string text) => text.Length <= MostCharacters ? text : text[..MostCharacters];

    // "id@domain", as our Message-IDs are made; whether it is one that we sent is looked up.
    [GeneratedRegex(@"<[0-9a-f]{32}@[^>\s]+>")]
    private static partial Regex OurMessageId();

    // An enhanced code (RFC 3463) that is no success.
    [GeneratedRegex(@"(?<![\d.])[45]\.\d{1,3}\.\d{1,3}(?![\d.])")]
    private static partial Regex Code();

    [GeneratedRegex(
        @"undeliver|could not be delivered|couldn't be delivered|wasn't delivered|was not delivered|not been delivered|unable to deliver|delivery (has )?failed|delivery failure|delivery status notification \((failure|delay)\)"
        + @"|failure notice|returned mail|returning message to sender|permanent (fatal )?error|address not found|no such (user|mailbox)|user unknown|unknown user|mailbox( is)? (full|unavailable|disabled)|(over|exceeded)\b.{0,20}\bquota|delayed",
        RegexOptions.IgnoreCase | RegexOptions.Singleline)]
    private static partial Regex Failure();

    [GeneratedRegex(
        @"^\W*((this is a copy of (the|your) message|below this line is a copy|original message( headers)?|message headers follow)\b.*|(return-path|received|message-id):.*)$",
        RegexOptions.IgnoreCase | RegexOptions.Multiline)]
    private static partial Regex Quoted();
}
