using ThreatWatch.Ingest.Fetching;
using ThreatWatch.Ingest.Polling;
using ThreatWatch.Ingest.Sources.Discourse;
using ThreatWatch.Ingest.Sources.Files;
using ThreatWatch.Ingest.Sources.Jetstream;
using ThreatWatch.Ingest.Sources.Lemmy;
using ThreatWatch.Ingest.Sources.Mastodon;
using ThreatWatch.Ingest.Sources.Telegram;
using ThreatWatch.Ingest.WebSub;
using ThreatWatch.Platform.Hosting;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Ingest.Sources;

/// <summary>Makes the reader of a source: the one place that knows all protocols. A source of a type is read by exactly one of both.</summary>
public sealed class SourceFactory(
    Settings settings, Fetcher fetcher, HubOffers hubs, OpenLines lines, PostStore posts, TimeProvider time)
{
    // So much is checked for deletions that were missed.
    private const int KnownPosts = 60;

    private static readonly TimeSpan KnownFor = TimeSpan.FromDays(2);

    /// <summary>The reader of a source that is asked; null for one that pushes.</summary>
    public ISourceReader? Reader(SourceOptions source) => source.Type switch
    {
        SourceType.Feed when source.Path is not null => new FeedFileSource(FullPath(source), settings.Get<FetchingOptions>().MaxBytes),
        SourceType.Feed => new FeedSource(source, fetcher, settings, hubs, time),
        SourceType.Ndjson => new NdjsonFileReader(FullPath(source)),
        SourceType.Folder => new FolderReader(FullPath(source)),
        SourceType.Mastodon when source.Token.IsEmpty => new MastodonReader(source, fetcher, time, Known(source)),
        SourceType.Discourse => new DiscourseReader(source, fetcher, Known(source)),
        SourceType.Lemmy => new LemmyReader(source, fetcher),
        _ => null,
    };

    /// <summary>The stream of a source that pushes over our connection; null for all others.</summary>
    public ISourceStream? Stream(SourceOptions source) => source.Type switch
    {
        SourceType.Jetstream => new JetstreamStream(source, lines, time),
        SourceType.Mastodon when !source.Token.IsEmpty => new MastodonStream(source, fetcher, lines, time, Known(source)),
        SourceType.Telegram => new TelegramStream(source, fetcher, settings, time),
        _ => null,
    };

    private Func<CancellationToken, Task<IReadOnlyList<string>>> Known(SourceOptions source) =>
        async cancellationToken => await posts.LatestExternalIdsAsync(source.Id, time.GetUtcNow() - KnownFor, KnownPosts, cancellationToken);

    private string FullPath(SourceOptions source) => Path.GetFullPath(source.Path!, settings.Current.Folder);
}
