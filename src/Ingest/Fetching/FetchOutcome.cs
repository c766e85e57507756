namespace ThreatWatch.Ingest.Fetching;

/// <summary>What came of a fetch: <see cref="Fetched"/>, <see cref="NotModified"/>, <see cref="RetryLater"/> or <see cref="Refused"/>.</summary>
public abstract record FetchOutcome
{
    private protected FetchOutcome()
    {
    }

    /// <summary>The final answer's status; null where there was none.</summary>
    public int? Status { get; init; }
}

/// <summary>A body that is new.</summary>
/// <param name="Body">Decompressed.</param>
/// <param name="BodyHash">SHA-256 of it, hex, lower case.</param>
/// <param name="Url">Where it came from, after redirects.</param>
/// <param name="Headers">Of the final answer.</param>
/// <param name="MovedTo">Where every redirect on the way was permanent and none left https: the new address. Else null.</param>
public sealed record Fetched(ReadOnlyMemory<byte> Body, string BodyHash, Uri Url, FetchHeaders Headers, Uri? MovedTo) : FetchOutcome;

/// <summary>Nothing new: a 304, or the known body once more.</summary>
/// <param name="Headers">Of the final answer: its validators replace the stored ones where it has them.</param>
/// <param name="MovedTo">As in <see cref="Fetched"/>.</param>
/// <param name="SameBody">True for a 200 whose body is known: its validators replace the stored ones even where it has none.</param>
public sealed record NotModified(FetchHeaders Headers, Uri? MovedTo, bool SameBody) : FetchOutcome;

/// <summary>It may well work later.</summary>
/// <param name="After">As the server asks, within the configured limit; null where it says nothing.</param>
/// <param name="Why">One line for the operator.</param>
public sealed record RetryLater(TimeSpan? After, string Why) : FetchOutcome;

/// <summary>It will not work until somebody changes something, here or there.</summary>
/// <param name="Why">One line for the operator.</param>
public sealed record Refused(string Why) : FetchOutcome;
