using System.Text;
using MimeKit;
using MimeKit.Cryptography;
using ThreatWatch.Platform.Hosting;

namespace ThreatWatch.Alerting.Notifying.Email;

/// <summary>
/// Signs e-mail by DKIM, for mail servers that do not do it themselves: the key's other half stands in the DNS under
/// SELECTOR._domainkey.DOMAIN. Part "dkim" of "alerting.email".
/// </summary>
public sealed record DkimOptions
{
    /// <summary>The sender's domain.</summary>
    public string Domain { get; init; } = "";

    public string Selector { get; init; } = "";

    /// <summary>PEM; RSA of 2048 bits or more.</summary>
    public Secret PrivateKey { get; init; } = Secret.None;

    // What a reader sees, and what makes one conversation of an alert.
    private static readonly HeaderId[] Signed =
        [HeaderId.From, HeaderId.To, HeaderId.Subject, HeaderId.Date, HeaderId.MessageId, HeaderId.InReplyTo, HeaderId.References, HeaderId.ReplyTo, HeaderId.MimeVersion, HeaderId.ContentType];

    /// <summary>Signs a mail that is complete: nothing in it may change after it.</summary>
    internal void Sign(MimeMessage mail) => MakeSigner().Sign(mail, [.. Signed.Where(header => mail.Headers.Contains(header))]);

    internal static void Validate(DkimOptions options, string from, Problems problems)
    {
        if (Uri.CheckHostName(options.Domain) != UriHostNameType.Dns)
            problems.Add("domain", "must be the sender's domain");
        else if (EmailOptions.TryAddress(from, out var sender) && !sender.Domain.EndsWith(options.Domain, StringComparison.OrdinalIgnoreCase))
            problems.Add("domain", "must be the domain of \"from\", or one above it: receivers demand it (DMARC)");
        if (Uri.CheckHostName(options.Selector) != UriHostNameType.Dns)
            problems.Add("selector", "must be the name under _domainkey in the DNS");
        try
        {
            options.MakeSigner();
        }
        catch (Exception exception) when (exception is FormatException or ArgumentException or IOException or InvalidOperationException)
        {
            problems.Add("privateKey", "is no private key in PEM");
        }
    }

    private DkimSigner MakeSigner() => new(new MemoryStream(Encoding.ASCII.GetBytes(PrivateKey.Reveal())), Domain, Selector, DkimSignatureAlgorithm.RsaSha256)
    {
        HeaderCanonicalizationAlgorithm = DkimCanonicalizationAlgorithm.Relaxed,
        BodyCanonicalizationAlgorithm = DkimCanonicalizationAlgorithm.Relaxed,
    };
}
