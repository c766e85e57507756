using ThreatWatch.Ingest.Sources.Feeds.Dates;
using ThreatWatch.Ingest.Sources.Feeds.Xml;

namespace ThreatWatch.Ingest.Sources.Feeds.Formats;

/// <summary>Reads Atom 1.0 (RFC 4287) and 0.3, and a lone entry as a feed of one.</summary>
internal static class AtomFormat
{
    public static FeedDocument Read(FeedTree tree, FeedNode root)
    {
        var facts = new FeedFacts(tree);
        var drafts = new List<EntryDraft>();
        if (root.Name == "entry")
            drafts.Add(ReadEntry(tree, root));
        else
        {
            for (var node = root.FirstChild; node is not null; node = node.NextSibling)
            {
                if (node.Name == "entry")
                    drafts.Add(ReadEntry(tree, node));
                else
                    facts.Take(node);
            }
        }
        return facts.Finish(FeedFormat.Atom, drafts);
    }

    private static EntryDraft ReadEntry(FeedTree tree, FeedNode entry)
    {
        var draft = new EntryDraft();
        FeedNode? content = null, summary = null, other = null, otherTitle = null, link = null;
        for (var node = entry.FirstChild; node is not null; node = node.NextSibling)
        {
            switch (node.Vocabulary, node.Name)
            {
                case (FeedNamespace.Core or FeedNamespace.Atom, _): TakeOwn(node); break;
                case (FeedNamespace.Content, "encoded"): other ??= node; break;
                case (FeedNamespace.DublinCore or FeedNamespace.DublinCoreTerms, "date" or "issued" or "created"):
                    draft.PublishedAt ??= Date(node);
                    break;
                case (FeedNamespace.DublinCoreTerms, "modified"): draft.UpdatedAt ??= Date(node); break;
                case (FeedNamespace.DublinCore, "creator" or "author"): draft.Author ??= FeedText.Value(tree, node); break;
                case (FeedNamespace.DublinCore or FeedNamespace.Media, "title"): otherTitle ??= node; break;
                case (FeedNamespace.Media, "group"):
                    for (var child = node.FirstChild; child is not null; child = child.NextSibling)
                    {
                        if (child.Is(FeedNamespace.Media, "description"))
                            other ??= child;
                        else if (child.Is(FeedNamespace.Media, "title"))
                            otherTitle ??= child;
                    }
                    break;
                case (FeedNamespace.Media or FeedNamespace.DublinCore, "description"): other ??= node; break;
            }
        }
        if (draft.Title.Length == 0 && otherTitle is not null)
            draft.Title = FeedText.Read(tree, otherTitle);
        draft.Text = First(tree, content, summary, other);
        draft.Url = link is null ? null : UrlResolver.Resolve(link.BaseUrl, link.Attribute("href") ?? FeedText.Value(tree, link));
        return draft;

        void TakeOwn(FeedNode node)
        {
            switch (node.Name)
            {
                case "id" or "guid": draft.PublishedId ??= FeedText.Value(tree, node); break;
                case "title" when draft.Title.Length == 0: draft.Title = Text(tree, node); break;
                case "content" or "body": content ??= node; break;
                case "summary" or "description": summary ??= node; break;
                case "link" when IsBetter(node, link): link = node; break;
                case "published" or "issued" or "pubdate": draft.PublishedAt ??= Date(node); break;
                case "updated" or "modified": draft.UpdatedAt ??= Date(node); break;
                case "created": draft.PublishedAt ??= Date(node); break;
                case "author": draft.Author ??= Author(tree, node); break;
            }
        }

        DateTimeOffset? Date(FeedNode node) => FeedDate.Parse(FeedText.Raw(tree, node));
    }

    // The page for people: an alternate link, of these the first HTML one.
    private static bool IsBetter(FeedNode candidate, FeedNode? current) => Rank(candidate) > (current is null ? 0 : Rank(current));

    private static int Rank(FeedNode link) => link.Attribute("rel")?.Trim().ToLowerInvariant() switch
    {
        null or "" or "alternate" => link.Attribute("type") is null or "text/html" or "application/xhtml+xml" ? 3 : 2,
        _ => 0,
    };

    private static string? Author(FeedTree tree, FeedNode author)
    {
        FeedNode? email = null;
        for (var child = author.FirstChild; child is not null; child = child.NextSibling)
        {
            if (child.Name == "name" && FeedText.Value(tree, child) is { } name)
                return name;
            if (child.Name == "email")
                email ??= child;
        }
        return author.FirstChild is null ? FeedText.Value(tree, author) : FeedText.Value(tree, email);
    }

    private static string First(FeedTree tree, params ReadOnlySpan<FeedNode?> candidates)
    {
        foreach (var candidate in candidates)
        {
            if (candidate is not null && Text(tree, candidate) is { Length: > 0 } text)
                return text;
        }
        return "";
    }

    private static string Text(FeedTree tree, FeedNode node) => FeedText.Read(tree, node, KindOf(node));

    private static FeedTextKind KindOf(FeedNode node)
    {
        var type = node.Attribute("type")?.Trim().ToLowerInvariant();
        var mode = node.Attribute("mode")?.Trim().ToLowerInvariant();
        if (mode == "base64")
            return type is "text/html" or "html" or "application/xhtml+xml" ? FeedTextKind.Base64Html : FeedTextKind.Base64Plain;
        return type switch
        {
            null or "" => mode == "escaped" ? FeedTextKind.Guess : FeedTextKind.Plain,
            "text" or "text/plain" => FeedTextKind.Plain,
            "html" or "text/html" => FeedTextKind.Html,
            "xhtml" or "application/xhtml+xml" => mode == "escaped" ? FeedTextKind.Html : FeedTextKind.Inline,
            _ when type.EndsWith("xml", StringComparison.Ordinal) => mode == "escaped" ? FeedTextKind.Html : FeedTextKind.Inline,
            _ when type.StartsWith("text/", StringComparison.Ordinal) => FeedTextKind.Plain,
            "application/octet-stream" => FeedTextKind.Base64Plain,
            _ => FeedTextKind.Guess,
        };
    }
}
