namespace ThreatWatch.Ingest.Sources.Feeds.Formats;

/// <summary>An entry under way, before its identity is settled against the others of its document.</summary>
internal sealed class EntryDraft
{
    public string? PublishedId { get; set; }

    public string? Url { get; set; }

    public string Title { get; set; } = "";

    public string Text { get; set; } = "";

    public string? Author { get; set; }

    public DateTimeOffset? PublishedAt { get; set; }

    public DateTimeOffset? UpdatedAt { get; set; }
}
