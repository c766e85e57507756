using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
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

    /// <summary>Lets an authority of the district's own stand in for the machine's; the name must fit all the same.</summary>
    /// <param name="file">PEM.</param>
    public static void Trust(MailService client, string file, bool checkRevocation)
    {
        var authority = X509CertificateLoader.LoadCertificateFromFile(file);
        client.ServerCertificateValidationCallback = (_, certificate, chain, errors) =>
        {
            if (certificate is null || (errors & ~SslPolicyErrors.RemoteCertificateChainErrors) != SslPolicyErrors.None)
                return false;
            if (errors == SslPolicyErrors.None)
                return true;
            using var own = new X509Chain();
            own.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            own.ChainPolicy.CustomTrustStore.Add(authority);
            own.ChainPolicy.RevocationMode = checkRevocation ? X509RevocationMode.Online : X509RevocationMode.NoCheck;
            foreach (var element in chain?.ChainElements.Skip(1) ?? [])
                own.ChainPolicy.ExtraStore.Add(element.Certificate);
            using var server = new X509Certificate2(certificate);
            return own.Build(server);
        };
    }
}
