namespace ThreatWatch.Ingest.Sources;

/// <summary>One thing that a source says: a post as it stands now, or that something is gone.</summary>
public abstract record SourceItem
{
    private protected SourceItem()
    {
    }
}

/// <summary>A post as the source shows it now. The intake finds out whether it is new, edited or known.</summary>
/// <param name="ExternalId">The source's own id, the same for every revision; unique within the source.</param>
/// <param name="Text">Plain text: markup and entities are the reader's business, Unicode form and length are the intake's.</param>
/// <param name="Title">Plain text, where the source has titles.</param>
/// <param name="Url">Where a human can read it, absolute.</param>
/// <param name="Author">The handle or id as published; the same for all of an author's posts, since <see cref="AuthorGone"/> goes by it.</param>
/// <param name="PublishedAt">As the source says; null where it says nothing usable.</param>
/// <param name="IsFirst">True where the protocol says that the post has just been made, which spares a look for earlier revisions.</param>
public sealed record PostItem(
    string ExternalId,
    string Text,
    string? Title = null,
    string? Url = null,
    string? Author = null,
    DateTimeOffset? PublishedAt = null,
    bool IsFirst = false) : SourceItem;

/// <summary>The post was taken back: its text goes everywhere.</summary>
public sealed record DeletedItem(string ExternalId) : SourceItem;

/// <summary>The account was deleted, suspended or taken down: all that it wrote in this source is taken back.</summary>
public sealed record AuthorGone(string Author) : SourceItem;
