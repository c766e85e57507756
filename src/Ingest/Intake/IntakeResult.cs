namespace ThreatWatch.Ingest.Intake;

/// <summary>What became of a batch, counted by source and day.</summary>
/// <param name="New">Posts seen for the first time.</param>
/// <param name="Edited">New revisions of posts that were known.</param>
/// <param name="Repeated">Seen before, unchanged.</param>
/// <param name="OutOfScope">Dropped, unstored.</param>
/// <param name="Retracted">Revisions whose text was emptied.</param>
/// <param name="Bad">Items that could not be read.</param>
public sealed record IntakeResult(int New, int Edited, int Repeated, int OutOfScope, int Retracted, int Bad)
{
    internal IEnumerable<(string Name, int Count)> Counters() =>
    [
        ("new", New), ("edited", Edited), ("repeated", Repeated), ("out-of-scope", OutOfScope), ("retracted", Retracted), ("bad", Bad),
    ];

    internal IntakeResult Plus(IntakeResult other) => new(
        New + other.New, Edited + other.Edited, Repeated + other.Repeated, OutOfScope + other.OutOfScope, Retracted + other.Retracted, Bad + other.Bad);
}
