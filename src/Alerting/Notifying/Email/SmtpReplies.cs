using System.Net.Sockets;
using System.Text.RegularExpressions;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;

namespace ThreatWatch.Alerting.Notifying.Email;

/// <summary>Tells from a mail server's answer whether another try is worth it. Servers quote addresses, so only codes are kept.</summary>
internal static partial class SmtpReplies
{
    private static readonly TimeSpan AfterOurMistake = TimeSpan.FromMinutes(1);

    public static SendOutcome Read(Exception exception) => exception switch
    {
        SmtpCommandException { ErrorCode: SmtpErrorCode.RecipientNotAccepted or SmtpErrorCode.MessageNotAccepted } reply when (int)reply.StatusCode >= 500 =>
            new SendOutcome.Rejected(Code(reply)),
        // 4xx passes by itself. A 5xx to the sender or the login is a matter of settings, which people mend: the message stays due.
        SmtpCommandException reply when (int)reply.StatusCode < 500 => new SendOutcome.RetryLater(TimeSpan.Zero, Code(reply)),
        SmtpCommandException reply => new SendOutcome.RetryLater(AfterOurMistake, Code(reply)),
        TokenRefusedException refused => new SendOutcome.RetryLater(AfterOurMistake, refused.Message),
        AuthenticationException => new SendOutcome.RetryLater(AfterOurMistake, "the mail server refuses the login"),
        CertificateRefusedException refused => new SendOutcome.RetryLater(AfterOurMistake, refused.Message),
        SslHandshakeException => new SendOutcome.RetryLater(AfterOurMistake, "the mail server and we agree on no TLS"),
        NotSupportedException => new SendOutcome.RetryLater(AfterOurMistake, "the mail server does not offer what is configured (STARTTLS or a login)"),
        SocketException socket => new SendOutcome.RetryLater(TimeSpan.Zero, $"the mail server can't be reached ({socket.SocketErrorCode})"),
        TimeoutException or OperationCanceledException => new SendOutcome.RetryLater(TimeSpan.Zero, "the mail server does not answer in time"),
        SmtpProtocolException or IOException or ServiceNotConnectedException => new SendOutcome.RetryLater(null, "the connection to the mail server broke"),
        _ => new SendOutcome.RetryLater(AfterOurMistake, exception.GetType().Name),
    };

    /// <summary>True where it is not this message that is refused, but one more connection: 421 and 4.7.0 by most, 432 and 4.3.2 by Exchange.</summary>
    public static bool SaysTooMany(SmtpCommandException reply) =>
        (int)reply.StatusCode is 421 or 432 or 450 or 451 or 452 or 454
        && (reply.Message.Contains("too many", StringComparison.OrdinalIgnoreCase) || reply.Message.Contains("concurrent", StringComparison.OrdinalIgnoreCase)
            || reply.Message.Contains("limit exceeded", StringComparison.OrdinalIgnoreCase));

    /// <summary>A server's "accepted", such as "2.0.0 Ok: queued as 4F1B2", without anything that looks like an address.</summary>
    public static string Brief(string answer)
    {
        var line = Address().Replace(answer.ReplaceLineEndings(" ").Trim(), "(address)");
        return line.Length <= 100 ? line : line[..100];
    }

    private static string Code(SmtpCommandException reply)
    {
        var what = reply.ErrorCode switch
        {
            SmtpErrorCode.RecipientNotAccepted => "the recipient",
            SmtpErrorCode.SenderNotAccepted => "the sender",
            SmtpErrorCode.MessageNotAccepted => "the message",
            _ => "a command",
        };
        var enhanced = Enhanced().Match(reply.Message);
        return $"the mail server answers {(int)reply.StatusCode}{(enhanced.Success ? $" {enhanced.Value}" : "")} to {what}";
    }

    [GeneratedRegex(@"\b[245]\.\d{1,3}\.\d{1,3}\b")]
    private static partial Regex Enhanced();

    [GeneratedRegex(@"\S*@\S*")]
    private static partial Regex Address();
}
