using System.Security.Cryptography;
using MimeKit.Cryptography;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Security;
using ThreatWatch.Alerting.Notifying.Email;
using ThreatWatch.Core;
using ThreatWatch.Platform.Hosting;

namespace ThreatWatch.Tests.Alerting.Notifying.Email;

public sealed class DkimTests
{
    private static readonly RSA Key = RSA.Create(2048);

    private static DkimOptions Options => new() { Domain = "maplevalley.example", Selector = "tw", PrivateKey = new Secret(Key.ExportRSAPrivateKeyPem()) };

    [Fact]
    public async Task A_signed_mail_passes_and_a_changed_one_does_not()
    {
        var plain = Some.Options();
        await using var house = new AlertingHouse(plain with { Email = plain.Email with { Dkim = Options } });
        await house.DetectAsync((Some.Post(), RiskLevel.High));
        await house.SendDueAsync();
        var mail = Assert.Single(house.Mails());
        var signature = mail.Headers.Single(header => header.Field == "DKIM-Signature");
        var verifier = new DkimVerifier(new KeyInTheDns());
        Assert.True(await verifier.VerifyAsync(mail, signature));
        mail.Subject = "all clear";
        Assert.False(await verifier.VerifyAsync(mail, signature));
    }

    [Theory]
    [InlineData("dkim.privateKey", "maplevalley.example", "no key")]
    [InlineData("dkim.domain", "other.example", null)]
    public void A_wrong_key_or_domain_is_named(string path, string domain, string? key)
    {
        var problems = new Problems();
        var options = Some.Options().Email with { Dkim = Options with { Domain = domain, PrivateKey = key is null ? Options.PrivateKey : new Secret(key) } };
        EmailOptions.Validate(options, "/", problems);
        Assert.Equal(path, Assert.Single(problems.All).Path);
    }

    private sealed class KeyInTheDns : DkimPublicKeyLocatorBase
    {
        public override AsymmetricKeyParameter LocatePublicKey(string methods, string domain, string selector, CancellationToken cancellationToken = default)
        {
            Assert.Equal(("maplevalley.example", "tw"), (domain, selector));
            return PublicKeyFactory.CreateKey(Key.ExportSubjectPublicKeyInfo());
        }

        public override Task<AsymmetricKeyParameter> LocatePublicKeyAsync(string methods, string domain, string selector, CancellationToken cancellationToken = default) =>
            Task.FromResult(LocatePublicKey(methods, domain, selector, cancellationToken));
    }
}
