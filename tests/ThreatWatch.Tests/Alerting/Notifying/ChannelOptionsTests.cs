using ThreatWatch.Alerting;
using ThreatWatch.Platform.Hosting;
using ThreatWatch.Tests.Alerting.Notifying.Twilio;

namespace ThreatWatch.Tests.Alerting.Notifying;

public sealed class ChannelOptionsTests
{
    private const string Twilio = $$"""{ "accountSid": "{{ScriptedTwilio.Account}}", "authToken": "t" }""";

    [Fact]
    public void All_channels_together_are_valid() => Assert.Empty(Check($$"""
        "twilio": {{Twilio}}, "sms": { "from": "+15555550190" }, "voice": { "from": "+15555550191" },
        "webhooks": [
          { "kind": "slack", "officer": "desk", "url": "https://hooks.slack.example/services/T" },
          { "kind": "generic", "officer": "desk", "url": "https://cad.example/hook", "secret": "a secret of twenty-four letters" } ],
        "cap": [ { "officer": "desk", "url": "https://dispatch.example/cap", "sender": "threatwatch@district.example" } ],
        "escalation": { "steps": [ { "after": "0s", "channels": ["sms", "slack", "webhook", "cap"] } ] }
        """));

    [Theory]
    [InlineData("""
        "sms": { "from": "+15555550190" }
        """, "alerting.sms: needs the account in \"alerting.twilio\"")]
    [InlineData("""
        "sms": { }
        """, "alerting.sms: needs exactly one of \"from\", \"messagingService\" and \"gateway\"")]
    [InlineData("""
        "sms": { "gateway": { "url": "ftp://x.example", "body": "{text}" } }
        """, "alerting.sms.gateway.url: must be an address that begins with https:// (or http://)", "alerting.sms.gateway.body: must contain {to}")]
    [InlineData("""
        "twilio": { "accountSid": "AC1", "url": "http://api.example" }
        """, "alerting.twilio.accountSid: must be \"AC\" and 32 hexadecimal digits", "alerting.twilio.authToken: is needed; better as { \"file\": \"/run/secrets/twilio\" } than in this file", "alerting.twilio.url: must begin with https://")]
    [InlineData("""
        "webhooks": [ { "kind": "slack", "officer": "nobody", "url": "https://hooks.slack.example/services/T" } ]
        """, "alerting.webhooks[0].officer: no officer has the id \"nobody\"", "alerting.webhooks[0]: nothing would ever be sent to it: no step of \"escalation\" names the channel \"slack\"")]
    [InlineData("""
        "webhooks": [ { "officer": "desk", "url": "https://cad.example", "secret": "short" } ], "escalation": { "steps": [ { "after": "0s", "channels": ["webhook"] } ] }
        """, "alerting.webhooks[0].secret: is needed to sign what is sent, 24 characters or more")]
    public void Mistakes_are_named_with_their_place(string part, params string[] problems) => Assert.Equal(problems, Check(part));

    [Fact]
    public void A_number_with_a_digit_left_out_is_found_before_a_night_on_which_it_matters() =>
        Assert.Equal(
            ["alerting.sms: the \"sms\" number of \"desk\" has too few digits for its country"],
            Check($$"""
                "twilio": {{Twilio}}, "sms": { "from": "+15555550190" }
                """, sms: "+1555555010"));

    private static IEnumerable<string> Check(string alerting, string sms = "+15555550100")
    {
        var (_, problems) = SettingsSnapshot.Parse(
            "/etc/threatwatch/threatwatch.json",
            $$"""
            { "district": { "name": "Maple Valley", "timeZone": "America/Chicago", "contact": "https://mv.example", "desk": "desk",
                "schools": [ { "id": "cedar", "name": "Cedar Ridge High School", "officers": ["desk"] } ],
                "officers": [ { "id": "desk", "name": "Desk", "role": "desk", "email": "desk@mv.example", "sms": "{{sms}}" } ] },
              "alerting": { {{alerting}} } }
            """,
            [.. PlatformRegistration.Sections, .. AlertingRegistration.Sections]);
        return problems.Select(problem => problem.ToString());
    }
}
