namespace ThreatWatch.Ingest.Fetching;

/// <summary>One thing to fetch, with what is known of it from the last time.</summary>
/// <param name="Url">http or https.</param>
public sealed record FetchRequest(Uri Url)
{
    /// <summary>What a reader of feeds accepts.</summary>
    public const string FeedTypes =
        "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml, application/xml;q=0.9, text/xml;q=0.9, "
        + "application/json;q=0.8, */*;q=0.5";

    /// <summary>The last ETag, byte for byte, quotes included.</summary>
    public string? ETag { get; init; }

    /// <summary>The last Last-Modified, byte for byte.</summary>
    public string? LastModified { get; init; }

    /// <summary><see cref="Fetched.BodyHash"/> of the last time: the same body again is <see cref="NotModified"/>.</summary>
    public string? BodyHash { get; init; }

    public string Accept { get; init; } = FeedTypes;

    /// <summary>Such as "Bearer ..."; dropped as soon as a redirect leaves the origin.</summary>
    public string? Authorization { get; init; }

    /// <summary>The configured host may have a private address; hosts that it redirects to may not.</summary>
    public bool AllowPrivateAddress { get; init; }

    /// <summary>Posted as a form where it is given; the fetch is a GET else.</summary>
    public IReadOnlyList<KeyValuePair<string, string>>? Form { get; init; }
}
