using ThreatWatch.Ingest.Fetching;
using ThreatWatch.Ingest.Polling;
using ThreatWatch.Ingest.Sources.Files;
using ThreatWatch.Ingest.Sources.Jetstream;
using ThreatWatch.Ingest.WebSub;
using ThreatWatch.Platform.Hosting;

namespace ThreatWatch.Ingest.Sources;

/// <summary>Makes the reader of a source: the one place that knows all protocols. A source of a type is read by exactly one of both.</summary>
public sealed class SourceFactory(Settings settings, Fetcher fetcher, HubOffers hubs, OpenLines lines, TimeProvider time)
{
    /// <summary>The reader of a source that is asked; null for one that pushes.</summary>
    public ISourceReader? Reader(SourceOptions source) => source.Type switch
    {
        SourceType.Feed when source.Path is not null => new FeedFileSource(FullPath(source), settings.Get<FetchingOptions>().MaxBytes),
        SourceType.Feed => new FeedSource(source, fetcher, settings, hubs, time),
        SourceType.Ndjson => new NdjsonFileReader(FullPath(source)),
        SourceType.Folder => new FolderReader(FullPath(source)),
        _ => null,
    };

    /// <summary>The stream of a source that pushes over our connection; null for all others.</summary>
    public ISourceStream? Stream(SourceOptions source) => source.Type switch
    {
        SourceType.Jetstream => new JetstreamStream(source, lines, time),
        _ => null,
    };

    private string FullPath(SourceOptions source) => Path.GetFullPath(source.Path!, settings.Current.Folder);
}
