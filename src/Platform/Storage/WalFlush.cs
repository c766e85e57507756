namespace ThreatWatch.Platform.Storage;

/// <summary>
/// Waits for the disk on behalf of many commits at once. SQLite alone would wait within each commit and keep all other writers waiting
/// too; its log is one file in the order of the commits, so that one flush covers every commit before it.
/// </summary>
internal sealed class WalFlush(string database) : IDisposable
{
    private readonly string _log = database + "-wal";
    private readonly SemaphoreSlim _turn = new(1, 1);
    private long _asked;
    private long _flushed;

    /// <summary>Returns once everything that was committed before the call survives a power cut.</summary>
    /// <exception cref="IOException">The disk does not do it.</exception>
    public async Task FlushAsync()
    {
        var ours = Interlocked.Increment(ref _asked);
        await _turn.WaitAsync();
        try
        {
            // Somebody's flush that began after our commit has covered it.
            if (_flushed >= ours)
                return;
            var all = Interlocked.Read(ref _asked);
            // A database that was never migrated has no log.
            using (var handle = File.OpenHandle(File.Exists(_log) ? _log : database, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete))
                RandomAccess.FlushToDisk(handle);
            _flushed = all;
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();
}
