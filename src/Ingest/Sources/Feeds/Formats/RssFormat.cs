using ThreatWatch.Ingest.Sources.Feeds.Dates;
using ThreatWatch.Ingest.Sources.Feeds.Xml;

namespace ThreatWatch.Ingest.Sources.Feeds.Formats;

/// <summary>Reads RSS 0.9x, 1.0 (RDF) and 2.0 with the extensions that carry text, links and dates.</summary>
internal static class RssFormat
{
    public static FeedDocument Read(FeedTree tree, FeedNode root)
    {
        var facts = new FeedFacts(tree);
        var drafts = new List<EntryDraft>();
        for (var node = root.FirstChild; node is not null; node = node.NextSibling)
        {
            if (node.Name == "item")
                drafts.Add(ReadItem(tree, node));
            else if (node.Name == "channel")
            {
                for (var child = node.FirstChild; child is not null; child = child.NextSibling)
                {
                    if (child.Name == "item")
                        drafts.Add(ReadItem(tree, child));
                    else
                        facts.Take(child);
                }
            }
            else
                facts.Take(node);
        }
        return facts.Finish(root.Name == "rdf" ? FeedFormat.Rdf : FeedFormat.Rss, drafts);
    }

    private static EntryDraft ReadItem(FeedTree tree, FeedNode item)
    {
        var found = new ItemElements();
        for (var node = item.FirstChild; node is not null; node = node.NextSibling)
            found.Take(node);
        var draft = new EntryDraft { PublishedId = found.Id(tree) ?? Trimmed(item.Attribute("about")) };
        draft.Title = FirstText(tree, found.Title, found.OtherTitle);
        draft.Text = FirstText(tree, found.Content, found.Body, found.Description, found.OtherText);
        draft.Url = Link(tree, found) ?? UrlResolver.Resolve(item.BaseUrl, item.Attribute("about"));
        draft.Author = Author(tree, found);
        draft.PublishedAt = FirstDate(tree, found.Published, found.OtherPublished);
        draft.UpdatedAt = FirstDate(tree, found.Updated);
        return draft;
    }

    private static string? Link(FeedTree tree, ItemElements found)
    {
        if (FeedText.Value(tree, found.Link) is { } link)
            return UrlResolver.Resolve(found.Link!.BaseUrl, link);
        if (found.Link?.Attribute("href") is { } href)
            return UrlResolver.Resolve(found.Link.BaseUrl, href);
        if (found.AtomLink?.Attribute("href") is { } atom)
            return UrlResolver.Resolve(found.AtomLink.BaseUrl, atom);
        var isPermaLink = found.Guid?.Attribute("ispermalink")?.Trim();
        if (found.Guid is null || string.Equals(isPermaLink, "false", StringComparison.OrdinalIgnoreCase))
            return null;
        return UrlResolver.Resolve(found.Guid.BaseUrl, FeedText.Value(tree, found.Guid));
    }

    private static string? Author(FeedTree tree, ItemElements found)
    {
        if (found.Author is null)
            return null;
        for (var child = found.Author.FirstChild; child is not null; child = child.NextSibling)
        {
            if (child.Name == "name")
                return FeedText.Value(tree, child);
        }
        return FeedText.Value(tree, found.Author);
    }

    private static string FirstText(FeedTree tree, params ReadOnlySpan<FeedNode?> candidates)
    {
        foreach (var candidate in candidates)
        {
            if (candidate is not null && FeedText.Read(tree, candidate) is { Length: > 0 } text)
                return text;
        }
        return "";
    }

    private static DateTimeOffset? FirstDate(FeedTree tree, params ReadOnlySpan<FeedNode?> candidates)
    {
        foreach (var candidate in candidates)
        {
            if (candidate is not null && FeedDate.Parse(FeedText.Raw(tree, candidate)) is { } date)
                return date;
        }
        return null;
    }

    private static string? Trimmed(string? value) => string.IsNullOrWhiteSpace(value) ? null : value.Trim();
}
