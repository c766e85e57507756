using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ThreatWatch.EndToEnd.Machine;

/// <summary>A certificate authority of a test's own, with files as servers and settings want them.</summary>
internal sealed class TestAuthority : IDisposable
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 _certificate;
    private readonly string _folder;

    public TestAuthority(string folder)
    {
        _folder = folder;
        var request = new CertificateRequest("CN=An authority of a test", _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        _certificate = request.CreateSelfSigned(Now.AddYears(-2), Now.AddYears(1));
        File = Path.Combine(folder, "authority.pem");
        System.IO.File.WriteAllText(File, _certificate.ExportCertificatePem());
    }

    /// <summary>Its own certificate, as PEM.</summary>
    public string File { get; }

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    /// <summary>A certificate and its key as two PEM files.</summary>
    /// <param name="name">A host's name or address.</param>
    /// <param name="endsIn">Before now for one that has expired.</param>
    public (string Certificate, string Key) Issue(string name, TimeSpan endsIn)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        if (IPAddress.TryParse(name, out var address))
            names.AddIpAddress(address);
        else
            names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        using var issued = request.Create(_certificate, Now.AddYears(-1), Now + endsIn, RandomNumberGenerator.GetBytes(8));
        var files = (Certificate: Path.Combine(_folder, $"{name}.pem"), Key: Path.Combine(_folder, $"{name}.key"));
        System.IO.File.WriteAllText(files.Certificate, issued.ExportCertificatePem());
        System.IO.File.WriteAllText(files.Key, key.ExportPkcs8PrivateKeyPem());
        return files;
    }

    public void Dispose()
    {
        _certificate.Dispose();
        _key.Dispose();
    }
}
