using ThreatWatch.Platform.Hosting;

namespace ThreatWatch.Alerting.Notifying.Sms;

/// <summary>
/// A provider of text messages that takes one HTTP request a message. In address, headers and body stand {to}, {text}, {id} (the
/// same at every attempt, for providers that know an idempotency key) and {receipt}. Part "gateway" of "alerting.sms".
/// </summary>
public sealed record GatewayOptions
{
    /// <summary>Secret as a whole, since many providers want their key in it.</summary>
    public Secret Url { get; init; } = Secret.None;

    /// <summary>GET, POST or PUT.</summary>
    public string Method { get; init; } = "POST";

    /// <summary>Such as "Authorization": { "file": "/run/secrets/gateway" }.</summary>
    public IReadOnlyDictionary<string, Secret> Headers { get; init; } = new Dictionary<string, Secret>();

    /// <summary>The values are escaped as the content type needs it.</summary>
    public string Body { get; init; } = """{"to":"{to}","text":"{text}","id":"{id}"}""";

    public string ContentType { get; init; } = "application/json";

    /// <summary>Requests a second, 1 to 1000.</summary>
    public int PerSecond { get; init; } = 10;

    /// <summary>For one answer. 1 s to 30 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>What becomes of messages; null where the provider does not say.</summary>
    public GatewayReceiptOptions? Receipts { get; init; }

    /// <summary>What people answer; null where answers do not come to us.</summary>
    public GatewayReplyOptions? Replies { get; init; }

    internal static void Validate(GatewayOptions options, HttpOptions http, Problems problems)
    {
        var url = options.Url.Reveal();
        if (!Uri.TryCreate(Gateway.Fill(url, new("0", "0", "0"), Uri.EscapeDataString), UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
            problems.Add("url", "must be an address that begins with https:// (or http://)");
        if (options.Method is not ("GET" or "POST" or "PUT"))
            problems.Add("method", "must be \"GET\", \"POST\" or \"PUT\"");
        var everything = url + string.Concat(options.Headers.Values.Select(value => value.Reveal())) + (options.Method == "GET" ? "" : options.Body);
        foreach (var needed in new[] { "{to}", "{text}" })
        {
            if (!everything.Contains(needed, StringComparison.Ordinal))
                problems.Add(options.Method == "GET" ? "url" : "body", $"must contain {needed}");
        }

        if (options.Receipts is { } receipts)
            GatewayReceiptOptions.Validate(receipts, everything.Contains("{receipt}", StringComparison.Ordinal), http, problems.At("receipts"));
        if (options.Replies is { } replies)
            GatewayReplyOptions.Validate(replies, http, problems.At("replies"));
        foreach (var name in options.Headers.Keys.Where(name => name.Length == 0 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')))
            problems.At("headers").Add(name, "is not a header's name");
        if (options.ContentType.Split(';')[0].Split('/') is not [{ Length: > 0 }, { Length: > 0 }])
            problems.Add("contentType", "must be such as \"application/json\"");
        if (options.PerSecond is < 1 or > 1000)
            problems.Add("perSecond", "must be 1 to 1000");
        if (options.Timeout < TimeSpan.FromSeconds(1) || options.Timeout > TimeSpan.FromSeconds(30))
            problems.Add("timeout", "must be 1s to 30s");
    }
}
