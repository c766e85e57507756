using ThreatWatch.Alerting.Notifying.Twilio;

namespace ThreatWatch.Tests.Alerting.Notifying.Twilio;

public sealed class TwilioSignatureTests
{
    // The example of Twilio's own documentation on the security of webhooks.
    private const string Token = "12345";
    private const string Signature = "RSOYDt4T1cUTdK1PDd93/VVr8B8=";
    private static readonly Uri Url = new("https://mycompany.com/myapp.php?foo=1&bar=2");

    private static readonly KeyValuePair<string, string>[] Fields =
    [
        new("Digits", "1234"), new("To", "+18005551212"), new("From", "+14158675309"), new("Caller", "+14158675309"), new("CallSid", "CA1234567890ABCDE"),
    ];

    [Fact]
    public void The_documented_example_is_valid() => Assert.True(TwilioSignature.IsValid(Signature, Token, Url, Fields));

    [Fact]
    public void A_port_that_goes_without_saying_may_be_signed_too() =>
        Assert.True(TwilioSignature.IsValid(TwilioSignature.Sign(Token, "https://mycompany.com:443/myapp.php?foo=1&bar=2", Fields), Token, Url, Fields));

    [Fact]
    public void Anything_changed_is_not()
    {
        Assert.False(TwilioSignature.IsValid(null, Token, Url, Fields));
        Assert.False(TwilioSignature.IsValid("", Token, Url, Fields));
        Assert.False(TwilioSignature.IsValid(Signature, "12346", Url, Fields));
        Assert.False(TwilioSignature.IsValid(Signature, "", Url, Fields));
        Assert.False(TwilioSignature.IsValid(Signature, Token, new Uri("https://mycompany.com/myapp.php?foo=1&bar=3"), Fields));
        Assert.False(TwilioSignature.IsValid(Signature, Token, Url, [.. Fields, new("Body", "1")]));
    }
}
