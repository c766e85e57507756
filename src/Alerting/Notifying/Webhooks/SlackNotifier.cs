using System.Text.Json.Nodes;
using ThreatWatch.Alerting.Notifying.Email;
using ThreatWatch.Core;
using ThreatWatch.Platform.Hosting;

namespace ThreatWatch.Alerting.Notifying.Webhooks;

/// <summary>Messages into Slack channels, by their incoming webhooks.</summary>
public sealed class SlackNotifier(Settings settings, WebhookSender sender) : IOperatorNotifier
{
    // Slack takes one message a second for a webhook.
    private const int PerSecond = 1;

    public Channel Channel => Channel.Slack;

    public int Concurrency => 4;

    public bool CanReach(Officer officer) => Find(officer) is not null;

    public async Task<SendOutcome> SendAsync(OutgoingMessage message, CancellationToken cancellationToken)
    {
        if (Find(message.To) is not { } hook)
            return new SendOutcome.Rejected("no Slack channel is set up for the person");
        using var request = new HttpRequestMessage(HttpMethod.Post, hook.Url.Reveal()) { Content = WebhookSender.Json(Write(message, hook.PostCharacters)) };
        return await sender.SendAsync(message, "Slack", PerSecond, request, message.Notification.Id, cancellationToken);
    }

    public async Task<SendOutcome> TellAsync(Officer to, OperatorMessage message, CancellationToken cancellationToken)
    {
        if (Find(to) is not { } hook)
            return new SendOutcome.Rejected("no Slack channel is set up for the person");
        var body = new JsonObject
        {
            ["text"] = Escape(message.Subject),
            ["blocks"] = new JsonArray(
                new JsonObject { ["type"] = "header", ["text"] = Plain(message.Subject) },
                new JsonObject { ["type"] = "section", ["text"] = Plain(string.Join('\n', message.Lines.Select(line => $"- {line}"))) }),
        };
        using var request = new HttpRequestMessage(HttpMethod.Post, hook.Url.Reveal()) { Content = WebhookSender.Json(body) };
        return await sender.TellAsync(to, "Slack", PerSecond, request, message.Id, cancellationToken);
    }

    internal static JsonObject Write(OutgoingMessage message, int postCharacters)
    {
        var brief = message.Brief;
        var headline = Headline.For(message);
        var facts = $"{Facts.Opened(brief)}\n{Headline.Counts(brief.Alert)}{(Facts.Holder(message) is { } holder ? $"\n{holder}" : "")}{(Facts.Gone(brief) is { } gone ? $"\n{gone}" : "")}";
        var blocks = new JsonArray(
            new JsonObject { ["type"] = "header", ["text"] = Plain(headline.Length > 150 ? headline[..147] + "..." : headline) },
            new JsonObject { ["type"] = "section", ["text"] = Plain(facts) });
        if (WebhookSender.Excerpt(brief, postCharacters) is { Length: > 0 } excerpt)
            blocks.Add(new JsonObject { ["type"] = "section", ["text"] = Plain($"\"{excerpt}\"") });
        if (brief.Guidance.Count > 0 && message.Notification.Reason != NotificationReason.Acknowledged)
            blocks.Add(new JsonObject { ["type"] = "section", ["text"] = Plain(string.Join('\n', brief.Guidance.Select(line => $"- {line}"))) });
        if (message.Notification.Reason != NotificationReason.Acknowledged)
            blocks.Add(new JsonObject { ["type"] = "section", ["text"] = Plain(Facts.Meaning(brief.Alert)) });
        var buttons = new JsonArray();
        if (message.AcknowledgeUrl is { } url)
            buttons.Add(Button("I have it", url, "primary"));
        buttons.Add(Button("Open the alert", brief.ConsoleUrl, null));
        blocks.Add(new JsonObject { ["type"] = "actions", ["elements"] = buttons });
        // The text stands in notifications; there "&", "<" and ">" begin something.
        return new JsonObject { ["text"] = Escape(headline), ["blocks"] = blocks };
    }

    private WebhookOptions? Find(Officer officer) =>
        settings.Get<AlertingOptions>().Webhooks.FirstOrDefault(hook => hook.Kind == WebhookKind.Slack && hook.Officer == officer.Id);

    private static JsonObject Plain(string text) => new() { ["type"] = "plain_text", ["text"] = text, ["emoji"] = false };

    private static JsonObject Button(string text, Uri url, string? style)
    {
        var button = new JsonObject { ["type"] = "button", ["text"] = Plain(text), ["url"] = url.AbsoluteUri };
        if (style is not null)
            button["style"] = style;
        return button;
    }

    private static string Escape(string text) =>
        text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal);
}
