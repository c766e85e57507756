using ThreatWatch.Core;
using ThreatWatch.Ingest.Sources;

namespace ThreatWatch.Ingest.Intake;

/// <summary>Tells new, edited and repeated posts apart. Pure: everything it needs is given.</summary>
internal static class IntakeDecision
{
    // Sources' clocks are a little off; a date further ahead is a mistake and would keep a post on top of every list.
    private static readonly TimeSpan Ahead = TimeSpan.FromHours(1);

    /// <param name="item">In normal form: see <see cref="Normalise"/>.</param>
    /// <param name="schools">Where it is in scope now; empty for nowhere.</param>
    /// <param name="latest">The last revision that is stored, or null.</param>
    public static Decided Decide(SourceOptions source, PostItem item, IReadOnlyList<SchoolMatch> schools, Post? latest, DateTimeOffset now)
    {
        if (latest is null && schools.Count == 0)
            return new Decided(IntakeKind.OutOfScope, null);
        var hash = Ids.Hash(item.Title is null ? item.Text : $"{item.Title}\n{item.Text}");
        if (latest is not null && latest.ContentHash == hash)
            return new Decided(IntakeKind.Repeated, null);

        // An edit that takes the school's name out stays with the school that the post named before.
        if (schools.Count == 0)
            schools = latest!.Schools;
        var id = Ids.New(now);
        var post = new Post(
            id,
            source.Id,
            item.ExternalId,
            (latest?.Revision ?? 0) + 1,
            item.Title,
            item.Text,
            item.Url,
            item.Author,
            item.PublishedAt is { } at && at <= now + Ahead ? at : now,
            now,
            schools,
            hash,
            latest?.Family ?? "");
        return new Decided(latest is null ? IntakeKind.New : IntakeKind.Edited, post);
    }

    /// <summary>The item in the form in which it is stored; null for one that says nothing.</summary>
    public static PostItem? Normalise(PostItem item)
    {
        var title = PlainText.Line(item.Title, PlainText.MaxTitle);
        var text = PlainText.Text(item.Text);
        if (text.Length == 0)
            (text, title) = (title ?? "", null);
        if (text.Length == 0 || item.ExternalId.Length == 0)
            return null;
        return item with
        {
            ExternalId = Key(item.ExternalId),
            Title = title,
            Text = text,
            Url = PlainText.Line(item.Url, PlainText.MaxUrl),
            Author = PlainText.Line(item.Author, PlainText.MaxAuthor),
            PublishedAt = item.PublishedAt?.ToUniversalTime(),
        };
    }

    /// <summary>The id under which a post is stored: the source's own unless it is too long for an index or holds what no store takes.</summary>
    public static string Key(string externalId) =>
        externalId.Length > 500 || externalId.Contains('\0', StringComparison.Ordinal) || externalId.Any(char.IsSurrogate) ? "sha256:" + Ids.Hash(externalId) : externalId;
}

/// <summary>What is to be done with an item.</summary>
/// <param name="Post">The revision to store; null where there is none.</param>
internal readonly record struct Decided(IntakeKind Kind, Post? Post);

/// <summary>What an item turned out to be.</summary>
internal enum IntakeKind
{
    New,
    Edited,
    Repeated,
    OutOfScope,
}
