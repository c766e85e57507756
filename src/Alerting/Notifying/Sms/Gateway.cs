using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using ThreatWatch.Alerting.Notifying.Http;

namespace ThreatWatch.Alerting.Notifying.Sms;

/// <summary>Sends text messages through any provider that takes one HTTP request a message.</summary>
public sealed partial class Gateway(ProviderHttp http, ProviderPace pace)
{
    private const string Provider = "the SMS gateway";

    internal sealed record Values(string To, string Text, string Id, string Receipt = "");

    public SendOutcome.RetryLater? Paused() =>
        pace.PauseLeft(Provider) is { } left ? new SendOutcome.RetryLater(left, "the SMS gateway asked for a pause") : null;

    public Task<bool> TurnAsync(GatewayOptions options, CancellationToken cancellationToken) => pace.TurnAsync(Provider, options.PerSecond, cancellationToken);

    /// <param name="receipt">Where the provider tells what became of it; null for nowhere.</param>
    public async Task<SendOutcome> SendAsync(GatewayOptions options, string to, string text, string id, CancellationToken cancellationToken, Uri? receipt = null)
    {
        var values = new Values(to, text, id, receipt?.AbsoluteUri ?? "");
        using var request = new HttpRequestMessage(new HttpMethod(options.Method), new Uri(Fill(options.Url.Reveal(), values, Uri.EscapeDataString)));
        if (options.Method != "GET")
        {
            request.Content = new StringContent(Fill(options.Body, values, EscaperOf(options.ContentType)), Encoding.UTF8);
            request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(options.ContentType);
            request.Content.Headers.ContentType.CharSet ??= "utf-8";
        }

        // A header holds one line of ASCII, whatever the text is.
        foreach (var (name, value) in options.Headers)
            request.Headers.TryAddWithoutValidation(name, Fill(value.Reveal(), values, Uri.EscapeDataString));
        var answer = await http.SendAsync(request, options.Timeout, cancellationToken);
        if (answer.RetryAfter is { } pause)
            pace.Pause(Provider, pause);
        return answer.IsSuccess ? new SendOutcome.Sent(id, $"the SMS gateway answers {answer.Status}") : answer.ToOutcome(Provider);
    }

    /// <summary>In one pass, so that a "{id}" in a text stays what it is.</summary>
    internal static string Fill(string template, Values values, Func<string, string> escape) =>
        Places().Replace(template, place => escape(place.Value switch
        {
            "{to}" => values.To,
            "{text}" => values.Text,
            "{receipt}" => values.Receipt,
            _ => values.Id,
        }));

    private static Func<string, string> EscaperOf(string contentType)
    {
        var type = contentType.Split(';')[0].Trim().ToLowerInvariant();
        if (type.EndsWith("json", StringComparison.Ordinal))
            return text => JsonEncodedText.Encode(text).ToString();
        if (type.EndsWith("xml", StringComparison.Ordinal))
            return text => System.Security.SecurityElement.Escape(text);
        return type == "application/x-www-form-urlencoded" ? Uri.EscapeDataString : text => text;
    }

    [GeneratedRegex(@"\{(?:to|text|id|receipt)\}")]
    private static partial Regex Places();
}
