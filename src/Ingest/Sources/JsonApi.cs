using System.Globalization;
using System.Text.Json;
using ThreatWatch.Ingest.Fetching;

namespace ThreatWatch.Ingest.Sources;

/// <summary>Asks a web interface that answers in JSON: whatever comes back is an answer or a <see cref="ReadFailed"/>.</summary>
internal sealed class JsonApi(Fetcher fetcher, SourceOptions source)
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 64 };

    /// <param name="authorization">The header's value, or null.</param>
    public async Task<ApiAnswer> GetAsync(Uri url, string? authorization, CancellationToken cancellationToken)
    {
        var request = new FetchRequest(url)
        {
            Accept = "application/json",
            Authorization = authorization,
            AllowPrivateAddress = source.AllowPrivateAddress,
        };
        switch (await fetcher.FetchAsync(request, cancellationToken))
        {
            case Fetched fetched:
                return Parse(fetched);
            case RetryLater later:
                return new ApiAnswer(default, null, new ReadFailed(later.Why, later.After), later.Status);
            case Refused refused:
                return new ApiAnswer(default, null, new ReadFailed(refused.Why), refused.Status);
            case var other:
                return new ApiAnswer(default, null, new ReadFailed($"an answer without a body ({other.Status})"), other.Status);
        }
    }

    private static ApiAnswer Parse(Fetched fetched)
    {
        try
        {
            using var document = JsonDocument.Parse(fetched.Body, Options);
            return new ApiAnswer(document.RootElement.Clone(), fetched.Headers, null, fetched.Status);
        }
        catch (JsonException exception)
        {
            var isHtml = fetched.Headers.ContentType?.Contains("html", StringComparison.OrdinalIgnoreCase) == true;
            var why = isHtml
                ? "HTML instead of JSON"
                : string.Create(CultureInfo.InvariantCulture, $"the answer is not JSON from line {exception.LineNumber + 1}, byte {exception.BytePositionInLine} on");
            return new ApiAnswer(default, null, new ReadFailed(why), fetched.Status);
        }
    }
}

/// <summary>What a web interface said.</summary>
/// <param name="Root">Undefined where there is a failure.</param>
/// <param name="Headers">Null where there is a failure.</param>
internal readonly record struct ApiAnswer(JsonElement Root, FetchHeaders? Headers, ReadFailed? Failure, int? Status);
