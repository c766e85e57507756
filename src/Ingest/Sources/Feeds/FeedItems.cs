namespace ThreatWatch.Ingest.Sources.Feeds;

/// <summary>The step from a feed's entries to the items of a source, the same for a feed that is fetched and one from a file.</summary>
internal static class FeedItems
{
    /// <summary>Oldest first: feeds put the newest at the top, and the store is to see posts in the order in which they were made.</summary>
    public static List<SourceItem> Of(FeedDocument feed)
    {
        var items = new List<SourceItem>(feed.Entries.Count);
        for (var i = feed.Entries.Count - 1; i >= 0; i--)
        {
            var entry = feed.Entries[i];
            items.Add(new PostItem(entry.Identity, entry.Text, entry.Title, entry.Url, entry.Author, entry.PublishedAt ?? entry.UpdatedAt));
        }

        items.AddRange(feed.DeletedEntries.Select(deleted => new DeletedItem(deleted.Ref)));
        return items;
    }
}
