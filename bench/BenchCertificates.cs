using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;

namespace ThreatWatch.Bench;

/// <summary>An authority for one run and a certificate for each of its made-up sites, so that TLS is measured as it is on the web: with every check.</summary>
internal static class BenchCertificates
{
    private static readonly TimeSpan Slack = TimeSpan.FromDays(1);

    /// <summary>Writes an authority: with its key for the server, without it for those who trust it.</summary>
    public static void MakeAuthority(string whole, string trusted)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=bench authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now - Slack, now + Slack);
        File.WriteAllBytes(whole, certificate.Export(X509ContentType.Pfx));
        File.WriteAllText(trusted, certificate.ExportCertificatePem());
    }

    /// <summary>The certificate for the name that a client asks for, made when it first does.</summary>
    public static Func<ConnectionContext?, string?, X509Certificate2?> Of(string authority)
    {
        var issuer = X509CertificateLoader.LoadPkcs12FromFile(authority, null);
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var made = new ConcurrentDictionary<string, X509Certificate2>();
        return (_, name) => made.GetOrAdd(name ?? "none.example", host =>
        {
            var request = new CertificateRequest($"CN={host}", key, HashAlgorithmName.SHA256);
            var names = new SubjectAlternativeNameBuilder();
            names.AddDnsName(host);
            request.CertificateExtensions.Add(names.Build());
            using var signed = request.Create(issuer, issuer.NotBefore, issuer.NotAfter, RandomNumberGenerator.GetBytes(8));
            return signed.CopyWithPrivateKey(key);
        });
    }
}
