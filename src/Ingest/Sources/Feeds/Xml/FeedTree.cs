using ThreatWatch.Ingest.Sources.Markup;

namespace ThreatWatch.Ingest.Sources.Feeds.Xml;

/// <summary>A parsed document: its source, its top elements (children of <paramref name="Document"/>) and the entities that it declares.</summary>
public sealed record FeedTree(string Source, FeedNode Document, DeclaredEntities? Entities)
{
    public ReadOnlySpan<char> Inner(FeedNode node) => Source.AsSpan(node.InnerStart, node.InnerEnd - node.InnerStart);
}
