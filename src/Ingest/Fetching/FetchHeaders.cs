using System.Globalization;
using System.Net.Http.Headers;

namespace ThreatWatch.Ingest.Fetching;

/// <summary>The headers of an answer as they stood on the wire: typed ones would refuse or mend what must go back byte for byte.</summary>
public sealed class FetchHeaders(HttpResponseMessage response)
{
    public string? ETag => First("ETag");

    public string? LastModified => First("Last-Modified");

    public string? ContentType => First("Content-Type");

    /// <summary>The first value of a header; null where it is missing or empty.</summary>
    public string? First(string name)
    {
        foreach (var value in All(name))
        {
            if (value.Length > 0)
                return value;
        }

        return null;
    }

    public IEnumerable<string> All(string name) =>
        response.Headers.NonValidated.TryGetValues(name, out var values) || response.Content.Headers.NonValidated.TryGetValues(name, out values)
            ? values
            : [];

    /// <summary>How long the answer says that it stays fresh (RFC 9111: max-age before Expires); null where it says nothing.</summary>
    public TimeSpan? FreshFor(DateTimeOffset now)
    {
        if (CacheControlHeaderValue.TryParse(string.Join(", ", All("Cache-Control")), out var cache))
        {
            if (cache.NoCache || cache.NoStore)
                return TimeSpan.Zero;
            if (cache.MaxAge is { } age)
                return age;
        }

        if (First("Expires") is not { } expires)
            return null;
        // "Expires: 0" and other things that are no date mean "already".
        var from = HttpDate(First("Date")) ?? now;
        return HttpDate(expires) is { } at && at > from ? at - from : TimeSpan.Zero;
    }

    /// <summary>Retry-After, in seconds or as a date; null where it is missing, past or nonsense. Mastodon names the instant elsewhere.</summary>
    public TimeSpan? RetryAfter(DateTimeOffset now)
    {
        if (First("Retry-After") is not { } value)
            return First("X-RateLimit-Remaining") == "0" ? RateLimitReset(now) : null;
        // Longer than a long's worth of digits is nonsense that still means "very long": the caller has a limit.
        if (double.TryParse(value, NumberStyles.Integer, CultureInfo.InvariantCulture, out var seconds))
            return seconds >= 0 ? TimeSpan.FromSeconds(Math.Min(seconds, 1e9)) : null;
        return HttpDate(value) is { } at && at > now ? at - now : null;
    }

    /// <summary>How long until the limit of requests begins anew (X-RateLimit-Reset as an ISO instant); null where it is missing, past or nonsense.</summary>
    public TimeSpan? RateLimitReset(DateTimeOffset now) =>
        DateTimeOffset.TryParse(First("X-RateLimit-Reset"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) && at > now
            ? at - now
            : null;

    private static DateTimeOffset? HttpDate(string? value) =>
        RetryConditionHeaderValue.TryParse(value, out var parsed) ? parsed.Date : null;
}
