using ThreatWatch.Ingest.Sources.Feeds.Decoding;
using ThreatWatch.Ingest.Sources.Feeds.Formats;
using ThreatWatch.Ingest.Sources.Feeds.Xml;

namespace ThreatWatch.Ingest.Sources.Feeds;

/// <summary>
/// Reads any feed that the open web sends, well-formed or not: RSS 0.9x-2.0, RDF, Atom 0.3 and 1.0, CDF and JSON Feed.
/// It never throws on a document, resolves nothing outside of it, and takes time and memory linear in its size.
/// </summary>
public static class FeedReader
{
    private const int DeepestRoot = 4;

    /// <summary>Reads a document as it was fetched.</summary>
    /// <param name="document">The body, after any content encoding is undone.</param>
    /// <param name="contentType">The Content-Type header, where there was one.</param>
    /// <param name="baseUrl">Where the document came from; relative links start there.</param>
    public static FeedOutcome Read(ReadOnlyMemory<byte> document, string? contentType, Uri? baseUrl)
    {
        var source = DocumentDecoder.Decode(document.Span, contentType);
        var content = source.AsSpan().TrimStart();
        if (content.Length == 0)
            return new NotAFeed(NotAFeedReason.Empty, "The document is empty.");
        var start = baseUrl is { IsAbsoluteUri: true } ? baseUrl.OriginalString : null;
        if (content[0] == '{')
            return JsonFeedFormat.Read(source, start);
        var tree = FeedTreeBuilder.Build(source, start);
        if (FindRoot(tree.Document) is { } root)
        {
            return root.Name switch
            {
                "feed" or "entry" => AtomFormat.Read(tree, root),
                "channel" when CdfFormat.Fits(root) => CdfFormat.Read(tree, root),
                _ => RssFormat.Read(tree, root),
            };
        }
        return IsHtml(content)
            ? new NotAFeed(NotAFeedReason.HtmlPage, "An HTML page came instead of a feed.")
            : new NotAFeed(NotAFeedReason.UnknownFormat, "No feed element was found.");
    }

    // Junk in front may have left tags open around the feed, so it is looked for a few levels down, breadth first.
    private static FeedNode? FindRoot(FeedNode document)
    {
        var level = new List<FeedNode> { document };
        for (var depth = 0; depth < DeepestRoot && level.Count > 0; depth++)
        {
            var below = new List<FeedNode>();
            foreach (var parent in level)
            {
                for (var node = parent.FirstChild; node is not null; node = node.NextSibling)
                {
                    if (IsRoot(node))
                        return node;
                    if (node.Name is not ("svg" or "body"))
                        below.Add(node);
                }
            }
            level = below;
        }
        return null;
    }

    private static bool IsRoot(FeedNode node) => node.Name switch
    {
        "rss" or "feed" or "rdf" => true,
        "entry" => node.Vocabulary is FeedNamespace.Atom,
        "channel" => node.Vocabulary is FeedNamespace.Core,
        _ => false,
    };

    private static bool IsHtml(ReadOnlySpan<char> content)
    {
        content = content[..Math.Min(content.Length, 4096)];
        return content.Contains("<html", StringComparison.OrdinalIgnoreCase) || content.Contains("<!doctype html", StringComparison.OrdinalIgnoreCase)
            || content.Contains("<body", StringComparison.OrdinalIgnoreCase) || content.Contains("<head", StringComparison.OrdinalIgnoreCase);
    }
}
