namespace ThreatWatch.Core;

/// <summary>
/// One revision of one public post, as kept. An edit is a new row with the next revision; a retraction empties <see cref="Text"/>,
/// <see cref="Title"/> and <see cref="Author"/>.
/// </summary>
/// <param name="Id">Our own id, one a revision; sorts by time of intake.</param>
/// <param name="SourceId">The configured source that published it.</param>
/// <param name="ExternalId">The id that the source gives it; the same for all revisions.</param>
/// <param name="Revision">1 for the first sight, one more for each edit.</param>
/// <param name="Title">Plain text, or null where posts have none.</param>
/// <param name="Text">Plain text, NFC; null once retracted or expired.</param>
/// <param name="Url">Where a human can read it.</param>
/// <param name="Author">The handle as published; never looked up, joined or scored.</param>
/// <param name="PublishedAt">As the source says; the time of intake when it says nothing usable.</param>
/// <param name="IngestedAt">When we committed it.</param>
/// <param name="Schools">The schools that it is in scope for, and why.</param>
/// <param name="ContentHash">SHA-256 of the text, hex, lower case: same text, same hash.</param>
/// <param name="Family">Equal for near-duplicates; alerting groups by it.</param>
/// <param name="IsDrill">A synthetic post of a drill: marked in every message, kept out of every statistic.</param>
/// <param name="RetractedAt">When the author's delete reached us, or null.</param>
public sealed record Post(
    string Id,
    string SourceId,
    string ExternalId,
    int Revision,
    string? Title,
    string? Text,
    string? Url,
    string? Author,
    DateTimeOffset PublishedAt,
    DateTimeOffset IngestedAt,
    IReadOnlyList<SchoolMatch> Schools,
    string ContentHash,
    string Family,
    bool IsDrill = false,
    DateTimeOffset? RetractedAt = null)
{
    /// <summary>Title and text together, as the classifier reads them.</summary>
    public string FullText => string.IsNullOrEmpty(Title) || (Text?.StartsWith(Title, StringComparison.Ordinal) ?? false)
        ? Text ?? ""
        : $"{Title}\n{Text}";
}

/// <summary>Why a post is in scope for a school.</summary>
/// <param name="SchoolId">The school, or <see cref="District.DeskSchoolId"/> where an ambiguous name could not be resolved.</param>
/// <param name="Why">For humans: "source is bound to the school", "names \"Cedar Ridge High\"".</param>
public sealed record SchoolMatch(string SchoolId, string Why);
