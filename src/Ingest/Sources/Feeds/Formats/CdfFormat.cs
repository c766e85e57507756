using ThreatWatch.Ingest.Sources.Feeds.Dates;
using ThreatWatch.Ingest.Sources.Feeds.Xml;

namespace ThreatWatch.Ingest.Sources.Feeds.Formats;

/// <summary>Reads Microsoft's Channel Definition Format, whose channels nest and keep links and dates in attributes.</summary>
internal static class CdfFormat
{
    public static bool Fits(FeedNode root)
    {
        if (root.Attribute("href") is not null || root.Attribute("self") is not null)
            return true;
        for (var node = root.FirstChild; node is not null; node = node.NextSibling)
        {
            if (node.Name == "abstract" || (node.Name == "item" && node.Attribute("href") is not null))
                return true;
        }
        return false;
    }

    public static FeedDocument Read(FeedTree tree, FeedNode root)
    {
        var facts = new FeedFacts(tree);
        var drafts = new List<EntryDraft>();
        // Channels still to be looked at, the innermost on top: document order without recursion.
        var pending = new Stack<FeedNode>();
        if (root.FirstChild is { } first)
            pending.Push(first);
        while (pending.TryPop(out var node))
        {
            if (node.NextSibling is { } sibling)
                pending.Push(sibling);
            if (node.Name == "item")
                drafts.Add(ReadItem(tree, node));
            else if (node.Name != "channel")
                facts.Take(node);
            else if (node.FirstChild is { } child)
                pending.Push(child);
        }
        return facts.Finish(FeedFormat.Cdf, drafts);
    }

    private static EntryDraft ReadItem(FeedTree tree, FeedNode item)
    {
        var draft = new EntryDraft
        {
            Url = UrlResolver.Resolve(item.BaseUrl, item.Attribute("href")),
            PublishedAt = FeedDate.Parse(item.Attribute("lastmod")),
        };
        for (var node = item.FirstChild; node is not null; node = node.NextSibling)
        {
            if (node.Name == "title")
                draft.Title = FeedText.Read(tree, node);
            else if (node.Name is "abstract" or "description")
                draft.Text = FeedText.Read(tree, node);
            else if (node.Name == "a" && draft.Url is null)
                draft.Url = UrlResolver.Resolve(node.BaseUrl, node.Attribute("href"));
        }
        return draft;
    }
}
