namespace ThreatWatch.Ingest.Sources;

/// <summary>
/// Reads a source that is asked: each call reads on from a cursor. A reader keeps no state that matters: what must survive a restart is
/// in the cursor, which is saved in the transaction that stores the items, so that nothing is skipped and nothing is lost.
/// </summary>
/// <remarks>Readers that hold a connection or a file may implement <see cref="IAsyncDisposable"/>; the worker disposes them.</remarks>
public interface ISourceReader
{
    /// <summary>Reads the next batch: at most some thousand items, so that one transaction stays short.</summary>
    /// <param name="cursor">What the last batch gave, or null at the first read ever.</param>
    /// <returns>A batch or <see cref="ReadFailed"/>. What upstream does wrong is a value; an exception is our own mistake.</returns>
    Task<ReadOutcome> ReadAsync(string? cursor, CancellationToken cancellationToken);
}

/// <summary>
/// Reads a source that pushes over a connection of ours. When the sequence ends the worker connects again, from the cursor of the last
/// batch that was stored, after a pause that grows while it brings nothing.
/// </summary>
public interface ISourceStream
{
    /// <summary>Connects and yields until the connection ends; a <see cref="ReadFailed"/> is the last that is read.</summary>
    IAsyncEnumerable<ReadOutcome> ReadAllAsync(string? cursor, CancellationToken cancellationToken);
}
