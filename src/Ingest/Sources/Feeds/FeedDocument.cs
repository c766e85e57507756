namespace ThreatWatch.Ingest.Sources.Feeds;

/// <summary>What came of reading a document: a <see cref="FeedDocument"/> or a <see cref="NotAFeed"/>.</summary>
public abstract record FeedOutcome;

/// <summary>Why a document gave no feed.</summary>
public enum NotAFeedReason
{
    Empty,
    HtmlPage,
    BrokenJson,
    UnknownFormat,
}

/// <summary>The document is no feed; the poller must keep what it has, never blank a source for it.</summary>
public sealed record NotAFeed(NotAFeedReason Reason, string Detail) : FeedOutcome;

/// <summary>Formats that are read.</summary>
public enum FeedFormat
{
    Rss,
    Rdf,
    Atom,
    Cdf,
    Json,
}

/// <summary>A feed: its entries in document order and the facts by which it wants to be polled.</summary>
public sealed record FeedDocument(FeedFormat Format, IReadOnlyList<FeedEntry> Entries) : FeedOutcome
{
    public string? Title { get; init; }

    public FeedSchedule Schedule { get; init; } = FeedSchedule.None;

    /// <summary>WebSub hubs that the document names, as absolute addresses where they could be made so.</summary>
    public IReadOnlyList<string> Hubs { get; init; } = [];

    /// <summary>The feed's own address, which is the WebSub topic.</summary>
    public string? SelfUrl { get; init; }

    /// <summary>Ids of entries that the publisher deleted (RFC 6721).</summary>
    public IReadOnlyList<DeletedEntry> DeletedEntries { get; init; } = [];

    /// <summary>Where the next page of a JSON Feed or a paged Atom feed is.</summary>
    public string? NextUrl { get; init; }

    /// <summary>The publisher will never change this feed again (JSON Feed "expired").</summary>
    public bool IsExpired { get; init; }
}

/// <summary>One entry; title and text are plain text, instants are UTC.</summary>
public sealed record FeedEntry
{
    /// <summary>guid or id as published; else the link, else a hash of title and text.</summary>
    public required string Id { get; init; }

    /// <summary>By what the entry is known from poll to poll: the id, and the link too where the publisher gives one id to several entries.</summary>
    public required string Identity { get; init; }

    public string? Url { get; init; }

    public string Title { get; init; } = "";

    public string Text { get; init; } = "";

    public string? Author { get; init; }

    public DateTimeOffset? PublishedAt { get; init; }

    public DateTimeOffset? UpdatedAt { get; init; }
}

/// <summary>An at:deleted-entry of RFC 6721.</summary>
public sealed record DeletedEntry(string Ref, DateTimeOffset? DeletedAt);

/// <summary>How often and when a feed says that it should be fetched; a wish, to be clamped by the poller.</summary>
public sealed record FeedSchedule
{
    public static readonly FeedSchedule None = new();

    /// <summary>RSS ttl, in minutes.</summary>
    public int? TtlMinutes { get; init; }

    /// <summary>RSS skipHours: hours 0-23, GMT.</summary>
    public IReadOnlyList<int> SkipHours { get; init; } = [];

    public IReadOnlyList<DayOfWeek> SkipDays { get; init; } = [];

    /// <summary>sy:updatePeriod divided by sy:updateFrequency.</summary>
    public TimeSpan? UpdateEvery { get; init; }

    public DateTimeOffset? UpdateBase { get; init; }
}
