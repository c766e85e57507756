using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ThreatWatch.Core;
using ThreatWatch.Platform.Hosting;

namespace ThreatWatch.Alerting.Notifying.Webhooks;

/// <summary>JSON to any system, signed as standardwebhooks.com describes, so that receivers find a library that checks it.</summary>
public sealed class WebhookNotifier(Settings settings, WebhookSender sender, TimeProvider time) : IOperatorNotifier
{
    private const int PerSecond = 10;

    public Channel Channel => Channel.Webhook;

    public int Concurrency => 8;

    public bool CanReach(Officer officer) => Find(officer) is not null;

    public async Task<SendOutcome> SendAsync(OutgoingMessage message, CancellationToken cancellationToken)
    {
        if (Find(message.To) is not { } hook)
            return new SendOutcome.Rejected("no webhook is set up for the person");
        using var request = Signed(hook, message.Notification.Id, Write(message, hook.PostCharacters));
        return await sender.SendAsync(message, "the webhook", PerSecond, request, message.Notification.Id, cancellationToken);
    }

    public async Task<SendOutcome> TellAsync(Officer to, OperatorMessage message, CancellationToken cancellationToken)
    {
        if (Find(to) is not { } hook)
            return new SendOutcome.Rejected("no webhook is set up for the person");
        using var request = Signed(hook, message.Id, JsonSerializer.Serialize(new { type = "operator.message", id = message.Id, to = to.Id, headline = message.Subject, lines = message.Lines }));
        return await sender.TellAsync(to, "the webhook", PerSecond, request, message.Id, cancellationToken);
    }

    private HttpRequestMessage Signed(WebhookOptions hook, string id, string body)
    {
        var stamp = time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var request = new HttpRequestMessage(HttpMethod.Post, hook.Url.Reveal()) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Add("webhook-id", id);
        request.Headers.Add("webhook-timestamp", stamp);
        request.Headers.Add("webhook-signature", Sign(hook.Secret, id, stamp, body));
        return request;
    }

    /// <summary>"v1," and the HMAC-SHA256 of "id.timestamp.body".</summary>
    internal static string Sign(Secret secret, string id, string stamp, string body)
    {
        var text = secret.Reveal();
        var key = text.StartsWith("whsec_", StringComparison.Ordinal) ? Convert.FromBase64String(text[6..]) : Encoding.UTF8.GetBytes(text);
        return "v1," + Convert.ToBase64String(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{id}.{stamp}.{body}")));
    }

    private static string Write(OutgoingMessage message, int postCharacters)
    {
        var (row, brief, alert) = (message.Notification, message.Brief, message.Brief.Alert);
        return JsonSerializer.Serialize(new
        {
            type = "alert." + JsonNamingPolicy.CamelCase.ConvertName(row.Reason.ToString()),
            id = row.Id,
            to = row.OfficerId,
            isDrill = alert.IsDrill,
            headline = Headline.For(message),
            alert = new
            {
                id = alert.Id,
                level = alert.Level.ToString(),
                meaning = AssessmentHelp.Meaning(alert.Level, alert.Category),
                category = alert.Category.ToString(),
                schoolId = alert.SchoolId,
                school = brief.SchoolName,
                state = alert.State.ToString(),
                openedAt = alert.OpenedAt,
                posts = alert.PostCount,
                authors = alert.AuthorCount,
                sources = alert.SourceCount,
                elements = Headline.Elements(brief).Split(", ", StringSplitOptions.RemoveEmptyEntries),
                acknowledgedAt = alert.AcknowledgedAt,
                acknowledgedBy = alert.AcknowledgedBy,
                postGoneSince = brief.PostGoneSinceAt,
                url = brief.ConsoleUrl,
            },
            acknowledgeUrl = message.AcknowledgeUrl,
            post = WebhookSender.Excerpt(brief, postCharacters) is { Length: > 0 } excerpt ? excerpt : null,
        });
    }

    private WebhookOptions? Find(Officer officer) =>
        settings.Get<AlertingOptions>().Webhooks.FirstOrDefault(hook => hook.Kind == WebhookKind.Generic && hook.Officer == officer.Id);
}
