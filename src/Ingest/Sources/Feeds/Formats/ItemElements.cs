using ThreatWatch.Ingest.Sources.Feeds.Xml;

namespace ThreatWatch.Ingest.Sources.Feeds.Formats;

/// <summary>Sorts the children of an RSS item by what they tell, so that document order and vocabulary do not matter later.</summary>
internal sealed class ItemElements
{
    public FeedNode? Title { get; private set; }

    public FeedNode? OtherTitle { get; private set; }

    public FeedNode? Link { get; private set; }

    public FeedNode? AtomLink { get; private set; }

    public FeedNode? Guid { get; private set; }

    public FeedNode? Description { get; private set; }

    public FeedNode? Content { get; private set; }

    public FeedNode? Body { get; private set; }

    public FeedNode? OtherText { get; private set; }

    public FeedNode? Author { get; private set; }

    public FeedNode? Published { get; private set; }

    public FeedNode? OtherPublished { get; private set; }

    public FeedNode? Updated { get; private set; }

    private FeedNode? _otherId;

    public string? Id(FeedTree tree) => FeedText.Value(tree, Guid) ?? FeedText.Value(tree, _otherId);

    public void Take(FeedNode node)
    {
        switch (node.Vocabulary, node.Name)
        {
            case (FeedNamespace.Core, "title"): Title ??= node; break;
            case (FeedNamespace.DublinCore or FeedNamespace.Atom or FeedNamespace.Media or FeedNamespace.ITunes, "title"): OtherTitle ??= node; break;
            // Of several links the last counts, as most readers have it.
            case (FeedNamespace.Core, "link"): Link = node.InnerEnd > node.InnerStart || node.Attribute("href") is not null ? node : Link ?? node; break;
            case (FeedNamespace.Atom, "link") when IsAlternate(node): AtomLink ??= node; break;
            case (FeedNamespace.Core, "guid"): Guid ??= node; break;
            case (FeedNamespace.Core or FeedNamespace.Atom, "id"): _otherId ??= node; break;
            case (FeedNamespace.DublinCore, "identifier"): _otherId ??= node; break;
            case (FeedNamespace.Core, "description"): Description ??= node; break;
            case (FeedNamespace.Content, "encoded"): Content ??= node; break;
            case (FeedNamespace.Xhtml or FeedNamespace.Core, "body"): Body ??= node; break;
            case (FeedNamespace.Xhtml, "div"): Body ??= node; break;
            case (_, "fullitem"): Body ??= node; break;
            case (FeedNamespace.Atom or FeedNamespace.Core, "content"): Body ??= node; break;
            case (FeedNamespace.DublinCore or FeedNamespace.Media, "description"): OtherText ??= node; break;
            case (FeedNamespace.ITunes or FeedNamespace.Atom or FeedNamespace.Core, "summary" or "abstract"): OtherText ??= node; break;
            case (FeedNamespace.Core or FeedNamespace.Atom or FeedNamespace.ITunes, "author"): Author ??= node; break;
            case (FeedNamespace.DublinCore, "creator" or "author"): Author ??= node; break;
            case (FeedNamespace.Core, "pubdate"): Published ??= node; break;
            case (FeedNamespace.Core or FeedNamespace.Atom, "published" or "issued" or "date"): OtherPublished ??= node; break;
            case (FeedNamespace.DublinCore, "date"): OtherPublished ??= node; break;
            case (FeedNamespace.DublinCoreTerms, "issued" or "created" or "date"): OtherPublished ??= node; break;
            case (FeedNamespace.Core or FeedNamespace.Atom, "updated" or "modified" or "lastbuilddate"): Updated ??= node; break;
            case (FeedNamespace.DublinCoreTerms, "modified"): Updated ??= node; break;
            case (FeedNamespace.Media, "group"): TakeGroup(node); break;
        }
    }

    private void TakeGroup(FeedNode group)
    {
        for (var node = group.FirstChild; node is not null; node = node.NextSibling)
        {
            if (node.Is(FeedNamespace.Media, "title"))
                OtherTitle ??= node;
            else if (node.Is(FeedNamespace.Media, "description"))
                OtherText ??= node;
        }
    }

    private static bool IsAlternate(FeedNode link) => link.Attribute("rel")?.Trim().ToLowerInvariant() is null or "" or "alternate";
}
