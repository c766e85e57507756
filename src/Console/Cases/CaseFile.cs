using ThreatWatch.Core;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Console.Cases;

/// <summary>Everything that is known of one alert, as it leaves the house: to the district's records, or to a partner who may have it.</summary>
/// <param name="GoneSince">By the post's id: since when it is not found at its address any more.</param>
/// <param name="Notifications">Each with its instants: the proof chain per recipient and channel.</param>
public sealed record CaseFile(
    DateTimeOffset ExportedAt,
    string ExportedBy,
    string District,
    string School,
    Alert Alert,
    string? ClosedBy,
    string? Note,
    SecondReading? SecondReading,
    IReadOnlyList<Post> Posts,
    IReadOnlyDictionary<string, DateTimeOffset> GoneSince,
    IReadOnlyList<Assessment> Assessments,
    IReadOnlyList<Notification> Notifications,
    IReadOnlyList<NotificationAttempt> Attempts,
    IReadOnlyList<Share> Shares,
    IReadOnlyList<AuditRow> Audit)
{
    /// <summary>The case for somebody who may not have the posts: no word of them, no author, no address, no note; what was found in them stays.</summary>
    public CaseFile WithoutWords() => this with
    {
        Posts = [.. Posts.Select(post => post with { Title = null, Text = null, Author = null, Url = null, ExternalId = "" })],
        Assessments = [.. Assessments.Select(judged => judged with { Reasons = [.. judged.Reasons.Where(reason => reason.Kind != ReasonKind.Word).Select(Bare)] })],
        Note = null,
        SecondReading = SecondReading is null ? null : SecondReading with { Note = null },
    };

    // "time: tomorrow" and "shoot up (weapons)" quote the post: only the element's and the list's names are ours.
    private static Reason Bare(Reason reason) => reason.Kind switch
    {
        ReasonKind.Element => reason with { Text = reason.Text.Split(':', 2)[0], Start = -1, Length = 0 },
        ReasonKind.Rule => reason with { Text = $"a keyword {reason.Text[Math.Max(0, reason.Text.LastIndexOf('('))..]}", Start = -1, Length = 0 },
        _ => reason,
    };
}
