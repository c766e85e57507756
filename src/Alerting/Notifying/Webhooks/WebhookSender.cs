using System.Text;
using System.Text.Json.Nodes;
using ThreatWatch.Alerting.Notifying.Http;
using ThreatWatch.Core;

namespace ThreatWatch.Alerting.Notifying.Webhooks;

/// <summary>Posts one message to an address, at the pace of whoever stands behind it.</summary>
public sealed class WebhookSender(ProviderHttp http, ProviderPace pace, LastLook look)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Sends and reads the answer.</summary>
    /// <param name="provider">As people know it, such as "Slack"; with the person it is one pace.</param>
    /// <param name="providerId">What a success is recorded under.</param>
    public Task<SendOutcome> SendAsync(
        OutgoingMessage message, string provider, int perSecond, HttpRequestMessage request, string providerId, CancellationToken cancellationToken) =>
        SendAsync(message.To, () => look.IsWantedAsync(message.Notification, cancellationToken), provider, perSecond, request, providerId, cancellationToken);

    /// <summary>Sends what belongs to no alert.</summary>
    public Task<SendOutcome> TellAsync(
        Officer to, string provider, int perSecond, HttpRequestMessage request, string providerId, CancellationToken cancellationToken) =>
        SendAsync(to, () => Task.FromResult(true), provider, perSecond, request, providerId, cancellationToken);

    private async Task<SendOutcome> SendAsync(
        Officer to, Func<Task<bool>> isWanted, string provider, int perSecond, HttpRequestMessage request, string providerId, CancellationToken cancellationToken)
    {
        var key = $"{provider} {to.Id}";
        if (pace.PauseLeft(key) is { } left)
            return new SendOutcome.RetryLater(left, $"{provider} asked for a pause");
        if (await pace.TurnAsync(key, perSecond, cancellationToken) && !await isWanted())
            return LastLook.Overtaken;
        var answer = await http.SendAsync(request, Patience, cancellationToken);
        if (answer.RetryAfter is { } pause)
            pace.Pause(key, pause);
        if (!answer.IsSuccess)
            return answer.ToOutcome(provider);
        // Teams' older connectors say 200 and the failure in words.
        return answer.Body.Contains("delivery failed", StringComparison.OrdinalIgnoreCase)
            ? new SendOutcome.RetryLater(TimeSpan.Zero, $"{provider} says that it could not deliver")
            : new SendOutcome.Sent(providerId, $"{provider} answers {answer.Status}");
    }

    // With its length: some receivers take nothing that comes in chunks.
    internal static HttpContent Json(JsonObject body) => new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");

    internal static string Excerpt(AlertBrief brief, int most)
    {
        if (most == 0 || brief.Post is not { Text: not null } post)
            return "";
        var text = Email.Facts.Clean(post.FullText);
        if (text.Length <= most)
            return text;
        return text[..(char.IsHighSurrogate(text[most - 1]) ? most - 1 : most)] + "...";
    }
}
