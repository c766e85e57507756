using ThreatWatch.Core;
using ThreatWatch.Platform.Hosting;

namespace ThreatWatch.Alerting.Notifying.Webhooks;

/// <summary>A room or system that gets the messages of one of the people of the district, usually a desk. In "webhooks" of section "alerting".</summary>
public sealed record WebhookOptions
{
    public WebhookKind Kind { get; init; } = WebhookKind.Generic;

    /// <summary>Id of the person for whom it stands: it is told when they are, and a button pressed in the room counts as theirs.</summary>
    public string Officer { get; init; } = "";

    /// <summary>Secret as a whole: who knows a room's address can write into it.</summary>
    public Secret Url { get; init; } = Secret.None;

    /// <summary>Signs what goes to a generic webhook, 24 characters or more; "whsec_" and base64 where the receiver wants that.</summary>
    public Secret Secret { get; init; } = Secret.None;

    /// <summary>How many characters of the post may stand in a message, 0 to 2000.</summary>
    public int PostCharacters { get; init; }

    internal Channel Channel => Kind switch
    {
        WebhookKind.Slack => Channel.Slack,
        WebhookKind.Teams => Channel.Teams,
        _ => Channel.Webhook,
    };

    internal static void Validate(IReadOnlyList<WebhookOptions> all, AlertingOptions alerting, District district, Problems problems)
    {
        for (var i = 0; i < all.Count; i++)
        {
            var (hook, at) = (all[i], problems.At("webhooks", i));
            CheckTarget(hook.Officer, hook.Url, hook.Channel, alerting, district, at);
            if (all.Take(i).Any(other => (other.Kind, other.Officer) == (hook.Kind, hook.Officer)))
                at.Add("officer", "has a webhook of this kind already");
            if (hook.Kind == WebhookKind.Generic && hook.Secret.Reveal().Length < 24)
                at.Add("secret", "is needed to sign what is sent, 24 characters or more");
            if (hook.Secret.Reveal() is var secret && secret.StartsWith("whsec_", StringComparison.Ordinal) && !Convert.TryFromBase64String(secret[6..], new byte[secret.Length], out _))
                at.Add("secret", "is not base64 after \"whsec_\"");
            if (hook.PostCharacters is < 0 or > 2000)
                at.Add("postCharacters", "must be 0 to 2000");
        }
    }

    /// <summary>What every address that stands for a person must fulfil.</summary>
    internal static void CheckTarget(string officer, Secret url, Channel channel, AlertingOptions alerting, District district, Problems at)
    {
        if (district.FindOfficer(officer) is null)
            at.Add("officer", $"no officer has the id \"{officer}\"");
        if (!Uri.TryCreate(url.Reveal(), UriKind.Absolute, out var uri) || (uri.Scheme != Uri.UriSchemeHttps && !(uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback)))
            at.Add("url", "must be an address that begins with https://");
        // Operators hear of the chain's own troubles there, whatever the steps say.
        if (channel != Channel.Cap && alerting.Watch.OperatorsOf(district).Any(one => one.Id == officer))
            return;
        var steps = alerting.Policies.Values.Prepend(alerting.Escalation).SelectMany(policy => policy.Steps);
        if (!steps.Any(step => step.Channels.Contains(channel) || step.AlsoAtCritical.Contains(channel)))
            at.Add("", $"nothing would ever be sent to it: no step of \"escalation\" names the channel \"{channel.ToString().ToLowerInvariant()}\"");
    }
}

/// <summary>What stands at the other end.</summary>
public enum WebhookKind
{
    /// <summary>JSON, signed after standardwebhooks.com.</summary>
    Generic,

    /// <summary>An incoming webhook of a Slack channel.</summary>
    Slack,

    /// <summary>A workflow of a Teams channel, "when a webhook request is received".</summary>
    Teams,
}
