using System.Globalization;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Ingest.Polling;

/// <summary>Shares the sources among several ingest processes. With SQLite there is one process, which has them all.</summary>
public sealed class SourceLease(SourceStateStore states, Database database, TimeProvider time)
{
    private readonly string _holder = string.Create(CultureInfo.InvariantCulture, $"{Environment.MachineName}/{Environment.ProcessId}/{Guid.NewGuid():N}");

    private bool IsShared => database.Dialect.SkipLocked.Length > 0;

    /// <summary>True where this process may read the source until <paramref name="span"/> from now.</summary>
    public async Task<bool> TakeAsync(string sourceId, TimeSpan span, CancellationToken cancellationToken)
    {
        if (!IsShared)
            return true;
        var now = time.GetUtcNow();
        return await states.LeaseAsync(sourceId, _holder, now, now + span, cancellationToken);
    }

    public Task ReleaseAllAsync(CancellationToken cancellationToken) =>
        IsShared ? states.ReleaseAsync(_holder, cancellationToken) : Task.CompletedTask;
}
