namespace ThreatWatch.Ingest.Sources;

/// <summary>What one look at a source brought: a <see cref="SourceBatch"/> or a <see cref="ReadFailed"/>.</summary>
public abstract record ReadOutcome
{
    private protected ReadOutcome()
    {
    }
}

/// <summary>What was read, stored as one.</summary>
/// <param name="Items">In the order of the source, oldest first where it has an order.</param>
/// <param name="NextCursor">Where to read on; null leaves the saved cursor as it is.</param>
/// <param name="NextAfter">
/// The pause before the next read as the source wishes it: null for the configured interval, zero where more waits. The worker keeps it
/// between the interval and a day, except zero. Streams leave it null.
/// </param>
/// <param name="Notes">What was odd about the read.</param>
public sealed record SourceBatch(
    IReadOnlyList<SourceItem> Items, string? NextCursor, TimeSpan? NextAfter = null, IReadOnlyList<SourceNote>? Notes = null) : ReadOutcome
{
    /// <summary>Nothing new; the cursor may still have moved, such as to another ETag.</summary>
    public static SourceBatch Nothing(string? nextCursor, TimeSpan? nextAfter = null) => new([], nextCursor, nextAfter);

    /// <summary>
    /// True where a batch that holds nothing for us need not be stored at once, since its reader goes on by itself and reads what is
    /// repeated without harm. A source that is asked starts each time from the saved cursor and must leave it false.
    /// </summary>
    public bool MayWait { get; init; }

    internal int Count(SourceNoteKind kind) => Notes?.Count(note => note.Kind == kind) ?? 0;
}

/// <summary>The source could not be read. It is tried again for ever: a source that gave up would be a school unwatched.</summary>
/// <param name="Why">For the operator, in one line, such as "HTTP 503" or "HTML instead of a feed"; no text of a post.</param>
/// <param name="After">The earliest next try that upstream asks for (Retry-After); null for the worker's own back-off.</param>
/// <param name="NextCursor">A cursor to save all the same, such as a sighting of a moved address; null leaves the saved one.</param>
public sealed record ReadFailed(string Why, TimeSpan? After = null, string? NextCursor = null) : ReadOutcome;

/// <summary>Something odd about a read that costs only itself.</summary>
/// <param name="Kind">Counted by source and day under this name.</param>
/// <param name="What">For the log, such as "line 17: no text"; no text of a post.</param>
public sealed record SourceNote(SourceNoteKind Kind, string What);

/// <summary>Kinds of notes.</summary>
public enum SourceNoteKind
{
    /// <summary>An item that can't be understood, left out.</summary>
    BadItem,

    /// <summary>Items were missed for good: the source no longer has them. Logged as an error.</summary>
    Gap,

    /// <summary>Anything else worth a line in the log, such as an address that moved.</summary>
    Remark,
}
