using MailKit;
using MailKit.Security;

namespace ThreatWatch.Alerting.Notifying.Email;

/// <summary>How connections to mail servers are protected, the same for sending and for reading.</summary>
internal static class MailTls
{
    public static SecureSocketOptions Options(SmtpSecurity security) => security switch
    {
        SmtpSecurity.StartTls => SecureSocketOptions.StartTls,
        SmtpSecurity.Tls => SecureSocketOptions.SslOnConnect,
        _ => SecureSocketOptions.None,
    };

    /// <summary>Connects with the server's certificate checked; an authority of the district's own may stand in for the machine's.</summary>
    /// <param name="authority">A PEM file, read anew for each connection since it may be replaced while we run; null for the machine's authorities.</param>
    /// <exception cref="CertificateRefusedException">The certificate is not good; the message says why.</exception>
    public static async Task ConnectAsync(MailService client, string? authority, bool checkRevocation, Func<Task> connect)
    {
        using var check = CertificateCheck.Of(authority, checkRevocation);
        client.ServerCertificateValidationCallback = check.Accept;
        try
        {
            await connect();
        }
        catch (SslHandshakeException exception) when (check.Fault is { } fault)
        {
            throw new CertificateRefusedException(fault, exception);
        }
    }
}
