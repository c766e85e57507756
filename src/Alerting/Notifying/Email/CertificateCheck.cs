using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace ThreatWatch.Alerting.Notifying.Email;

/// <summary>Decides whether a mail server's certificate is good, and remembers what is wrong with it: people must learn which of three things to mend.</summary>
internal sealed class CertificateCheck(X509Certificate2? authority, bool checkRevocation) : IDisposable
{
    /// <summary>Completes "the mail server's certificate ..."; null where it is good.</summary>
    public string? Fault { get; private set; }

    /// <param name="file">The authority that stands in for the machine's, as PEM; null for the machine's.</param>
    public static CertificateCheck Of(string? file, bool checkRevocation) =>
        new(file is null ? null : X509CertificateLoader.LoadCertificateFromFile(file), checkRevocation);

    /// <summary>The callback of the TLS handshake.</summary>
    public bool Accept(object _, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        Fault = FaultOf(certificate, chain, errors);
        return Fault is null;
    }

    public void Dispose() => authority?.Dispose();

    private string? FaultOf(X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (certificate is null || errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable))
            return "is missing";
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
            return "is for another name than the configured host";
        if (errors == SslPolicyErrors.None)
            return null;
        if (authority is null)
            return Say(chain);
        using var own = new X509Chain();
        own.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        own.ChainPolicy.CustomTrustStore.Add(authority);
        own.ChainPolicy.RevocationMode = checkRevocation ? X509RevocationMode.Online : X509RevocationMode.NoCheck;
        foreach (var element in chain?.ChainElements.Skip(1) ?? [])
            own.ChainPolicy.ExtraStore.Add(element.Certificate);
        using var server = new X509Certificate2(certificate);
        return own.Build(server) ? null : Say(own);
    }

    private static string Say(X509Chain? chain)
    {
        var status = (chain?.ChainStatus ?? []).Aggregate(X509ChainStatusFlags.NoError, (all, one) => all | one.Status);
        return status switch
        {
            _ when status.HasFlag(X509ChainStatusFlags.Revoked) => "was revoked",
            _ when status.HasFlag(X509ChainStatusFlags.NotTimeValid) => "has expired or is not valid yet",
            _ when (status & (X509ChainStatusFlags.RevocationStatusUnknown | X509ChainStatusFlags.OfflineRevocation)) != 0
                && (status & (X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain)) == 0 => "can't be looked up at its authority (checkRevocation)",
            _ => "is signed by an authority that is not trusted (certificateAuthority)",
        };
    }
}

/// <summary>The mail server's certificate is not good.</summary>
internal sealed class CertificateRefusedException(string fault, Exception inner) : Exception($"the mail server's certificate {fault}", inner);
