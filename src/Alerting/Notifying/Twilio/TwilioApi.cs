using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using ThreatWatch.Alerting.Notifying.Http;

namespace ThreatWatch.Alerting.Notifying.Twilio;

/// <summary>Twilio's REST API of 2010-04-01, as far as messages and calls need it.</summary>
public sealed class TwilioApi(ProviderHttp http, ProviderPace pace)
{
    private const string Provider = "Twilio";

    /// <summary>The pause that Twilio asked for, as an outcome; null where it asked for none.</summary>
    public SendOutcome.RetryLater? Paused() =>
        pace.PauseLeft(Provider) is { } left ? new SendOutcome.RetryLater(left, "Twilio asked for a pause") : null;

    /// <summary>Waits for the account's turn; true where that took time in which the world may have changed.</summary>
    public Task<bool> TurnAsync(TwilioOptions options, CancellationToken cancellationToken) => pace.TurnAsync(Provider, options.PerSecond, cancellationToken);

    /// <summary>Makes a message or a call.</summary>
    /// <param name="resource">"Messages" or "Calls".</param>
    public async Task<SendOutcome> CreateAsync(
        TwilioOptions options, string resource, IEnumerable<KeyValuePair<string, string>> fields, CancellationToken cancellationToken)
    {
        using var request = Request(options, HttpMethod.Post, $"{resource}.json");
        request.Content = new FormUrlEncodedContent(fields);
        var answer = await http.SendAsync(request, options.Timeout, cancellationToken);
        if (answer.RetryAfter is { } pause)
            pace.Pause(Provider, pause);
        if (answer.IsSuccess)
        {
            // A captive portal answers 200 too.
            return Text(answer.Body, "sid") is { } sid
                ? new SendOutcome.Sent(sid, $"Twilio: {Text(answer.Body, "status") ?? "accepted"}")
                : new SendOutcome.RetryLater(TimeSpan.Zero, "what answers is not Twilio");
        }

        if (answer.Status is >= 400 and < 500 and not (408 or 425 or 429) && Code(answer.Body) is { } code)
            return TwilioErrors.Read(code, answer.Status);
        return answer.ToOutcome(Provider);
    }

    /// <summary>
    /// Looks whether a call whose answer we never got was taken all the same: Twilio knows no idempotency key, so the last messages to
    /// the number are read. Null where there is none, or where Twilio does not let us look.
    /// </summary>
    /// <param name="mark">What stands in the body of this message and no other's.</param>
    /// <param name="since">Not before.</param>
    /// <param name="known">Ids that belong to other notifications.</param>
    public async Task<SendOutcome?> FindMessageAsync(
        TwilioOptions options, string to, string mark, DateTimeOffset since, IReadOnlyCollection<string> known, CancellationToken cancellationToken)
    {
        // Not by its day: one that still waits in Twilio's queue has none.
        var query = $"Messages.json?To={Uri.EscapeDataString(to)}&PageSize=50";
        using var request = Request(options, HttpMethod.Get, query);
        var answer = await http.SendAsync(request, options.Timeout, cancellationToken);
        if (answer.RetryAfter is { } pause)
            pace.Pause(Provider, pause);
        if (!answer.IsSuccess)
            return answer.Status is 0 or 429 or >= 500 ? answer.ToOutcome(Provider) : null;
        try
        {
            using var document = JsonDocument.Parse(answer.Body);
            foreach (var message in document.RootElement.GetProperty("messages").EnumerateArray())
            {
                if (message.GetProperty("sid").GetString() is { } sid && !known.Contains(sid)
                    && (message.GetProperty("body").GetString() ?? "").Contains(mark, StringComparison.Ordinal)
                    && message.GetProperty("status").GetString() is not ("failed" or "undelivered" or "canceled")
                    && DateTimeOffset.TryParse(message.GetProperty("date_created").GetString(), CultureInfo.InvariantCulture, out var at)
                    // Twilio's instants have no fractions of a second.
                    && at >= since.AddSeconds(-1))
                    return new SendOutcome.Sent(sid, "Twilio had taken it at an earlier attempt");
            }
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }

        return null;
    }

    /// <summary>Asks for the account; null where all is well, else what is not.</summary>
    public async Task<string?> ProbeAsync(TwilioOptions options, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(options.Url, $"/2010-04-01/Accounts/{options.AccountSid}.json"));
        request.Headers.Authorization = Login(options);
        var answer = await http.SendAsync(request, options.Timeout, cancellationToken);
        if (!answer.IsSuccess)
            return answer.Failure is { } failure ? $"Twilio {failure}" : $"Twilio answers {answer.Status}";
        return Text(answer.Body, "status") is "active" ? null : "the account is not active";
    }

    private static HttpRequestMessage Request(TwilioOptions options, HttpMethod method, string path) =>
        new(method, new Uri(options.Url, $"/2010-04-01/Accounts/{options.AccountSid}/{path}")) { Headers = { Authorization = Login(options) } };

    private static AuthenticationHeaderValue Login(TwilioOptions options) =>
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{options.AccountSid}:{options.AuthToken.Reveal()}")));

    private static string? Text(string body, string name) =>
        Read(body, name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    private static int? Code(string body) =>
        Read(body, "code") is { ValueKind: JsonValueKind.Number } value && value.TryGetInt32(out var code) ? code : null;

    private static JsonElement? Read(string body, string name)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty(name, out var value) ? value.Clone() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
