using System.Security.Cryptography;
using System.Text;

namespace ThreatWatch.Ingest.Sources.Feeds.Formats;

/// <summary>
/// Settles by which id an entry is known from poll to poll: what the publisher gave, else the link, else a hash of title
/// and text; a given id that several different links share is told apart by the link.
/// </summary>
internal static class EntryIdentity
{
    public static List<FeedEntry> Settle(List<EntryDraft> drafts)
    {
        var uses = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var draft in drafts)
        {
            if (draft.PublishedId is { } published)
                uses[published] = uses.GetValueOrDefault(published) + 1;
        }
        var entries = new List<FeedEntry>(drafts.Count);
        foreach (var draft in drafts)
        {
            var id = draft.PublishedId ?? draft.Url ?? Hash(draft);
            // Every one of them takes its link, the first too: which one is first changes from poll to poll.
            var isShared = draft.PublishedId is not null && uses[id] > 1 && draft.Url is not null && draft.Url != id;
            entries.Add(new FeedEntry
            {
                Id = id,
                Identity = isShared ? $"{id}|{draft.Url}" : id,
                Url = draft.Url,
                Title = draft.Title,
                Text = draft.Text,
                Author = draft.Author,
                PublishedAt = draft.PublishedAt,
                UpdatedAt = draft.UpdatedAt,
            });
        }
        return entries;
    }

    private static string Hash(EntryDraft draft) =>
        "sha256:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(draft.Title + "\n" + draft.Text)).AsSpan(0, 16));
}
