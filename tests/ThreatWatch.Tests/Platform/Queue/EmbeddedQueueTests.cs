using ThreatWatch.Tests.Contracts;

namespace ThreatWatch.Tests.Platform.Queue;

/// <summary>The embedded queue on SQLite keeps the contract.</summary>
public sealed class EmbeddedQueueTests : QueueContract
{
    protected override Task<QueueRig> OpenAsync()
    {
        var (database, disposal) = ScratchDatabase.Sqlite();
        return Task.FromResult(ScratchDatabase.Embedded(database, Options, disposal));
    }
}
