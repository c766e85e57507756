namespace ThreatWatch.Ingest.Sources.Feeds.Xml;

/// <summary>The vocabularies that the reader tells apart.</summary>
public enum FeedNamespace
{
    /// <summary>No namespace, or a default namespace of the feed formats themselves.</summary>
    Core,
    Atom,
    Rdf,
    Content,
    DublinCore,
    DublinCoreTerms,
    Media,
    ITunes,
    Syndication,
    Tombstones,
    Xhtml,
    Other,
}

/// <summary>Maps namespace addresses, and the customary prefixes of documents that forgot to declare them.</summary>
public static class FeedNamespaces
{
    public static FeedNamespace FromUri(ReadOnlySpan<char> uri, bool isRootDefault)
    {
        uri = uri.Trim();
        if (uri.Length == 0)
            return FeedNamespace.Core;
        if (Has(uri, "w3.org/2005/atom") || Has(uri, "purl.org/atom/ns") || Has(uri, "www.w3.org/2005/Atom"))
            return FeedNamespace.Atom;
        if (Has(uri, "1999/02/22-rdf-syntax-ns"))
            return FeedNamespace.Rdf;
        if (Has(uri, "purl.org/rss/1.0/modules/content"))
            return FeedNamespace.Content;
        if (Has(uri, "purl.org/rss/1.0/modules/syndication"))
            return FeedNamespace.Syndication;
        if (Has(uri, "purl.org/dc/terms"))
            return FeedNamespace.DublinCoreTerms;
        if (Has(uri, "purl.org/dc/"))
            return FeedNamespace.DublinCore;
        if (Has(uri, "search.yahoo.com/mrss"))
            return FeedNamespace.Media;
        if (Has(uri, "itunes.com/") || Has(uri, "itunes.apple.com/"))
            return FeedNamespace.ITunes;
        if (Has(uri, "purl.org/atompub/tombstones"))
            return FeedNamespace.Tombstones;
        if (Has(uri, "w3.org/1999/xhtml"))
            return FeedNamespace.Xhtml;
        if (isRootDefault || IsRss(uri))
            return FeedNamespace.Core;
        return FeedNamespace.Other;
    }

    public static FeedNamespace FromPrefix(ReadOnlySpan<char> prefix) => prefix switch
    {
        "atom" or "a10" or "atom10" or "atom03" => FeedNamespace.Atom,
        "rdf" => FeedNamespace.Rdf,
        "content" => FeedNamespace.Content,
        "dc" => FeedNamespace.DublinCore,
        "dcterms" => FeedNamespace.DublinCoreTerms,
        "media" => FeedNamespace.Media,
        "itunes" => FeedNamespace.ITunes,
        "sy" => FeedNamespace.Syndication,
        "at" => FeedNamespace.Tombstones,
        "xhtml" => FeedNamespace.Xhtml,
        "rss" => FeedNamespace.Core,
        _ => FeedNamespace.Other,
    };

    private static bool IsRss(ReadOnlySpan<char> uri) =>
        Has(uri, "purl.org/rss/1.0/") && !Has(uri, "modules") || Has(uri, "backend.userland.com/rss") || Has(uri, "blogs.law.harvard.edu/tech/rss")
        || Has(uri, "my.netscape.com/") || Has(uri, "channel.netscape.com/rdf/simple") || Has(uri, "purl.org/net/rss1.1");

    private static bool Has(ReadOnlySpan<char> uri, string part) => uri.Contains(part, StringComparison.OrdinalIgnoreCase);
}
