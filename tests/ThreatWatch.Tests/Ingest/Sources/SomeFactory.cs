using ThreatWatch.Ingest.Fetching;
using ThreatWatch.Ingest.Sources;
using ThreatWatch.Ingest.WebSub;
using ThreatWatch.Platform.Hosting;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Tests.Ingest.Sources;

/// <summary>The real factory, with what it needs.</summary>
internal static class SomeFactory
{
    public static SourceFactory Of(Settings settings) => new(
        settings,
        new Fetcher(settings, TimeProvider.System),
        new HubOffers(),
        new OpenLines(settings, TimeProvider.System),
        new PostStore(Database.Open(settings.Get<StorageOptions>(), settings.Current.Folder)),
        TimeProvider.System);
}
