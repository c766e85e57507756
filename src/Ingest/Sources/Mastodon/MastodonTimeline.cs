namespace ThreatWatch.Ingest.Sources.Mastodon;

/// <summary>One of the lists of public statuses that a server keeps.</summary>
/// <param name="Key">Names it in the cursor.</param>
/// <param name="Path">Of the list, with its query.</param>
/// <param name="StreamPath">Of the live stream of the same.</param>
/// <param name="AccessKey">Under which the server says who may read it.</param>
internal sealed record MastodonTimeline(string Key, string Path, string StreamPath, string AccessKey)
{
    /// <summary>The timelines of a source: of its hashtags, or of all that is public.</summary>
    public static IReadOnlyList<MastodonTimeline> Of(SourceOptions source)
    {
        var local = source.LocalOnly ? "&local=true" : "";
        if (source.Hashtags.Count == 0)
        {
            return
            [
                new MastodonTimeline(
                    source.LocalOnly ? "local" : "public",
                    $"/api/v1/timelines/public?limit=40{local}",
                    source.LocalOnly ? "public/local" : "public",
                    "live_feeds"),
            ];
        }

        return
        [
            .. source.Hashtags.Select(tag => Uri.EscapeDataString(tag.ToLowerInvariant())).Distinct().Select(tag => new MastodonTimeline(
                "#" + tag,
                $"/api/v1/timelines/tag/{tag}?limit=40{local}",
                source.LocalOnly ? $"hashtag/local?tag={tag}" : $"hashtag?tag={tag}",
                "hashtag_feeds")),
        ];
    }
}
