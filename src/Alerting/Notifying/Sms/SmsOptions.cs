using System.Text.RegularExpressions;
using ThreatWatch.Alerting.Notifying.Twilio;
using ThreatWatch.Platform.Hosting;

namespace ThreatWatch.Alerting.Notifying.Sms;

/// <summary>How text messages leave: through Twilio or another gateway. Part "sms" of section "alerting"; without it there are none.</summary>
public sealed partial record SmsOptions
{
    /// <summary>The number at Twilio that sends, E.164; needs "alerting.twilio".</summary>
    public string? From { get; init; }

    /// <summary>A Twilio messaging service ("MG" and 32 hexadecimal digits) in place of a number.</summary>
    public string? MessagingService { get; init; }

    /// <summary>Another provider in place of Twilio.</summary>
    public GatewayOptions? Gateway { get; init; }

    /// <summary>How many characters of the post may stand in a text message, 0 to 160. Text messages lie open on lock screens: 0 by default.</summary>
    public int PostCharacters { get; init; }

    /// <summary>A message that still waits at Twilio after this time is not sent any more. 1 minute to 4 hours.</summary>
    public TimeSpan ValidFor { get; init; } = TimeSpan.FromMinutes(10);

    internal static void Validate(SmsOptions options, TwilioOptions? twilio, HttpOptions http, Problems problems)
    {
        var ways = new[] { options.From is not null, options.MessagingService is not null, options.Gateway is not null }.Count(given => given);
        if (ways != 1)
            problems.Add("", "needs exactly one of \"from\", \"messagingService\" and \"gateway\"");
        if (options.Gateway is null && ways == 1 && twilio is null)
            problems.Add("", "needs the account in \"alerting.twilio\"");
        if (options.From is { } from && NumberingPlan.Fault(from) is { } fault)
            problems.Add("from", fault);
        if (options.MessagingService is { } service && !Sid().IsMatch(service))
            problems.Add("messagingService", "must be \"MG\" and 32 hexadecimal digits");
        if (options.Gateway is { } gateway)
            GatewayOptions.Validate(gateway, http, problems.At("gateway"));
        if (options.PostCharacters is < 0 or > 160)
            problems.Add("postCharacters", "must be 0 to 160");
        if (options.ValidFor < TimeSpan.FromMinutes(1) || options.ValidFor > TimeSpan.FromHours(4))
            problems.Add("validFor", "must be 1m to 4h");
    }

    [GeneratedRegex("^MG[0-9a-fA-F]{32}$")]
    private static partial Regex Sid();
}
