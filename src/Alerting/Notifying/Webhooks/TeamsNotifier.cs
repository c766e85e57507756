using System.Text.Json.Nodes;
using ThreatWatch.Alerting.Notifying.Email;
using ThreatWatch.Core;
using ThreatWatch.Platform.Hosting;

namespace ThreatWatch.Alerting.Notifying.Webhooks;

/// <summary>Adaptive cards into Teams channels, by a workflow's webhook.</summary>
public sealed class TeamsNotifier(Settings settings, WebhookSender sender) : IOperatorNotifier
{
    // Teams takes four requests a second for a webhook.
    private const int PerSecond = 4;

    public Channel Channel => Channel.Teams;

    public int Concurrency => 4;

    public bool CanReach(Officer officer) => Find(officer) is not null;

    public async Task<SendOutcome> SendAsync(OutgoingMessage message, CancellationToken cancellationToken)
    {
        if (Find(message.To) is not { } hook)
            return new SendOutcome.Rejected("no Teams channel is set up for the person");
        using var request = new HttpRequestMessage(HttpMethod.Post, hook.Url.Reveal()) { Content = WebhookSender.Json(Write(message, hook.PostCharacters)) };
        return await sender.SendAsync(message, "Teams", PerSecond, request, message.Notification.Id, cancellationToken);
    }

    public async Task<SendOutcome> TellAsync(Officer to, OperatorMessage message, CancellationToken cancellationToken)
    {
        if (Find(to) is not { } hook)
            return new SendOutcome.Rejected("no Teams channel is set up for the person");
        var body = new JsonArray(Text(message.Subject, new() { ["size"] = "Large", ["weight"] = "Bolder", ["color"] = "Attention" }));
        foreach (var line in message.Lines)
            body.Add(Text($"- {line}", new() { ["spacing"] = "Small" }));
        using var request = new HttpRequestMessage(HttpMethod.Post, hook.Url.Reveal()) { Content = WebhookSender.Json(Card(message.Subject, body, [])) };
        return await sender.TellAsync(to, "Teams", PerSecond, request, message.Id, cancellationToken);
    }

    internal static JsonObject Write(OutgoingMessage message, int postCharacters)
    {
        var brief = message.Brief;
        var color = brief.Alert.Level == RiskLevel.Critical ? "Attention" : "Warning";
        var body = new JsonArray(
            Text(Headline.For(message), new() { ["size"] = "Large", ["weight"] = "Bolder", ["color"] = color }),
            new JsonObject { ["type"] = "FactSet", ["facts"] = Pairs(message) });
        if (WebhookSender.Excerpt(brief, postCharacters) is { Length: > 0 } excerpt)
            body.Add(Text($"\"{excerpt}\"", []));
        foreach (var line in message.Notification.Reason == NotificationReason.Acknowledged ? [] : brief.Guidance)
            body.Add(Text($"- {line}", new() { ["spacing"] = "Small" }));
        if (message.Notification.Reason != NotificationReason.Acknowledged)
            body.Add(Text(Facts.Meaning(brief.Alert), new() { ["spacing"] = "Medium", ["isSubtle"] = true }));
        var actions = new JsonArray();
        if (message.AcknowledgeUrl is { } url)
            actions.Add(Open("I have it", url));
        actions.Add(Open("Open the alert", brief.ConsoleUrl));
        return Card(Headline.For(message), body, actions);
    }

    private static JsonObject Card(string headline, JsonArray body, JsonArray actions)
    {
        var card = new JsonObject
        {
            ["$schema"] = "http://adaptivecards.io/schemas/adaptive-card.json",
            ["type"] = "AdaptiveCard",
            ["version"] = "1.4",
            ["fallbackText"] = headline,
            ["msteams"] = new JsonObject { ["width"] = "Full" },
            ["body"] = body,
            ["actions"] = actions,
        };
        return new JsonObject
        {
            ["type"] = "message",
            ["attachments"] = new JsonArray(new JsonObject { ["contentType"] = "application/vnd.microsoft.card.adaptive", ["content"] = card }),
        };
    }

    private static JsonArray Pairs(OutgoingMessage message)
    {
        var brief = message.Brief;
        var pairs = new JsonArray(
            Pair("School", brief.SchoolName),
            Pair("Level", brief.Alert.Level.ToString()),
            Pair("Raised", Headline.At(brief.Alert.OpenedAt, brief.Zone)),
            Pair("Spread", Headline.Counts(brief.Alert)));
        if (Headline.Elements(brief) is { Length: > 0 } elements)
            pairs.Add(Pair("Names", elements));
        if (Facts.Holder(message) is { } holder)
            pairs.Add(Pair("Taken", holder));
        if (Facts.Gone(brief) is { } gone)
            pairs.Add(Pair("Post", gone));
        return pairs;
    }

    private WebhookOptions? Find(Officer officer) =>
        settings.Get<AlertingOptions>().Webhooks.FirstOrDefault(hook => hook.Kind == WebhookKind.Teams && hook.Officer == officer.Id);

    // Cards read Markdown: a post's "[here](https://...)" must stay what it is.
    private static JsonObject Text(string text, JsonObject style)
    {
        style["type"] = "TextBlock";
        style["wrap"] = true;
        style["text"] = Plain(text);
        return style;
    }

    private static JsonObject Pair(string title, string value) => new() { ["title"] = title, ["value"] = Plain(value) };

    private static JsonObject Open(string title, Uri url) => new() { ["type"] = "Action.OpenUrl", ["title"] = title, ["url"] = url.AbsoluteUri };

    private static string Plain(string text) =>
        string.Concat(text.Select((c, at) => c is '[' or ']' or '*' or '_' or '`' or '#' && at > 0 ? $"\\{c}" : c.ToString()));
}
