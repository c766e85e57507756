using System.Text.RegularExpressions;
using ThreatWatch.Platform.Hosting;

namespace ThreatWatch.Alerting.Notifying.Twilio;

/// <summary>The account at Twilio, for SMS and calls. Part "twilio" of section "alerting".</summary>
public sealed partial record TwilioOptions
{
    /// <summary>"AC" and 32 hexadecimal digits.</summary>
    public string AccountSid { get; init; } = "";

    /// <summary>Signs in, and checks the signature of what Twilio tells us.</summary>
    public Secret AuthToken { get; init; } = Secret.None;

    /// <summary>Where the API is; another region's, or a test's.</summary>
    public Uri Url { get; init; } = new("https://api.twilio.com");

    /// <summary>Requests a second, 1 to 1000; what the numbers themselves can send Twilio queues.</summary>
    public int PerSecond { get; init; } = 20;

    /// <summary>For one answer. 1 s to 30 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    internal static void Validate(TwilioOptions options, Problems problems)
    {
        if (!Sid().IsMatch(options.AccountSid))
            problems.Add("accountSid", "must be \"AC\" and 32 hexadecimal digits");
        if (options.AuthToken.IsEmpty)
            problems.Add("authToken", "is needed; better as { \"file\": \"/run/secrets/twilio\" } than in this file");
        if (options.Url.Scheme != Uri.UriSchemeHttps && !options.Url.IsLoopback)
            problems.Add("url", "must begin with https://");
        if (options.PerSecond is < 1 or > 1000)
            problems.Add("perSecond", "must be 1 to 1000");
        if (options.Timeout < TimeSpan.FromSeconds(1) || options.Timeout > TimeSpan.FromSeconds(30))
            problems.Add("timeout", "must be 1s to 30s");
    }

    [GeneratedRegex("^AC[0-9a-fA-F]{32}$")]
    private static partial Regex Sid();
}
