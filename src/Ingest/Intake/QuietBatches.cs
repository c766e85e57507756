using ThreatWatch.Ingest.Sources;

namespace ThreatWatch.Ingest.Intake;

/// <summary>
/// Spares a stream's transactions that would only move the cursor: of a whole network's posts hardly one in a million is about our
/// schools, and a hundred commits a second stand in its way. After a crash the stream begins at most a second earlier.
/// </summary>
internal sealed class QuietBatches(TimeProvider time)
{
    private static readonly TimeSpan SaveEvery = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, (DateTimeOffset SavedAt, int OutOfScope)> _sources = [];

    /// <summary>True where the batch need not be stored; what it dropped is counted with the next that is.</summary>
    public bool Holds(string sourceId, Draft draft, SourceBatch batch)
    {
        if (!batch.MayWait || !draft.IsIdle || batch.Notes is { Count: > 0 })
            return false;
        if (!_sources.TryGetValue(sourceId, out var held) || time.GetUtcNow() - held.SavedAt >= SaveEvery)
            return false;
        _sources[sourceId] = held with { OutOfScope = held.OutOfScope + draft.Dropped };
        return true;
    }

    /// <summary>How many posts were dropped in batches that were held since the last one that was stored.</summary>
    public int Count(string sourceId) => _sources.TryGetValue(sourceId, out var held) ? held.OutOfScope : 0;

    /// <summary>A batch of a stream was stored, and with it the count.</summary>
    public void Stored(string sourceId, SourceBatch batch)
    {
        if (batch.MayWait)
            _sources[sourceId] = (time.GetUtcNow(), 0);
    }
}
