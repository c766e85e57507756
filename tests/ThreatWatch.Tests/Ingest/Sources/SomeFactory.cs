using ThreatWatch.Ingest.Sources;
using ThreatWatch.Platform.Hosting;

namespace ThreatWatch.Tests.Ingest.Sources;

/// <summary>The real factory, with what it needs.</summary>
internal static class SomeFactory
{
    public static SourceFactory Of(Settings settings) => new(settings);
}
