using ThreatWatch.Platform.Hosting;

namespace ThreatWatch.Ingest.Sources;

/// <summary>A public source and the permission to read it. One entry of the section "sources"; edits take effect while the daemon runs.</summary>
public sealed record SourceOptions
{
    /// <summary>Stands for every school of the district in <see cref="Schools"/>.</summary>
    public const string EverySchool = "*";

    private static readonly Uri BlueskyProfiles = new("https://public.api.bsky.app");

    /// <summary>1 to 40 lower-case letters, digits or hyphens. Posts and cursors hang on it: another id is another source.</summary>
    public string Id { get; init; } = "";

    /// <summary>For people; the id where it is not given.</summary>
    public string? Name { get; init; }

    public SourceType Type { get; init; } = SourceType.Feed;

    /// <summary>Feed, Jetstream (wss), Mastodon, Discourse, Lemmy: the address, of the server or of the document.</summary>
    public Uri? Url { get; init; }

    /// <summary>Ndjson: the file; Folder: the folder; Feed: a file instead of an address. Relative to the configuration.</summary>
    public string? Path { get; init; }

    /// <summary>Ids of the schools whose own source this is: its posts need not name them. "*" for all; empty where a post must name a school.</summary>
    public IReadOnlyList<string> Schools { get; init; } = [];

    /// <summary>The pause between two reads of a source that is asked.</summary>
    public TimeSpan Every { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>What allows the district to read it: "published for machines", "operator's consent", "own site".</summary>
    public string LegalBasis { get; init; } = "";

    /// <summary>Where that is written down: the number of the agreement, the address of the terms.</summary>
    public string Permission { get; init; } = "";

    /// <summary>The reference of the operator's written approval, for sites that give access only with one.</summary>
    public string Approval { get; init; } = "";

    /// <summary>The day on which somebody last checked basis and permission.</summary>
    public DateOnly? ReviewedOn { get; init; }

    /// <summary>After how long the check is due again.</summary>
    public TimeSpan ReviewEvery { get; init; } = TimeSpan.FromDays(365);

    /// <summary>Texts that are in no alert and under no legal hold are deleted after so many days; 1 to 3650.</summary>
    public int RetentionDays { get; init; } = 30;

    /// <summary>Push: signs its requests, at least 32 characters.</summary>
    public Secret Secret { get; init; } = Secret.None;

    /// <summary>Mastodon, Telegram: the access token of our account or bot. A Mastodon source with one is read live.</summary>
    public Secret Token { get; init; } = Secret.None;

    /// <summary>Mastodon: only these tags, without #; empty for the whole public timeline.</summary>
    public IReadOnlyList<string> Hashtags { get; init; } = [];

    /// <summary>Mastodon, Lemmy: only what the server's own accounts and communities say, not what other servers hand on.</summary>
    public bool LocalOnly { get; init; }

    /// <summary>Jetstream: only these DIDs; Telegram: only these channels; Lemmy: only these communities; Discourse: only these categories, by number.</summary>
    public IReadOnlyList<string> Only { get; init; } = [];

    /// <summary>Jetstream: the server that is asked for authors' profiles; Bluesky's own where it is not given and the stream is Bluesky's.</summary>
    public Uri? Profiles { get; init; }

    /// <summary>Allows addresses of private networks, for a server in the district's own house.</summary>
    public bool AllowPrivateAddress { get; init; }

    public string DisplayName => Name ?? Id;

    /// <summary>True where it is read at intervals; false where it pushes, over our connection or to our door.</summary>
    public bool IsAsked => !(Type is SourceType.Jetstream or SourceType.Telegram or SourceType.Push || (Type == SourceType.Mastodon && !Token.IsEmpty));

    internal Uri? ProfilesAt => Type != SourceType.Jetstream ? null
        : Profiles ?? (Url?.Host.EndsWith(".bsky.network", StringComparison.OrdinalIgnoreCase) == true ? BlueskyProfiles : null);

    /// <summary>The day from which the check of the permission is due again.</summary>
    public DateOnly ReviewDueOn => (ReviewedOn ?? DateOnly.MinValue).AddDays((int)ReviewEvery.TotalDays);

    /// <summary>A warning, not a reason to stop reading.</summary>
    public bool IsReviewOverdue(DateTimeOffset now) => DateOnly.FromDateTime(now.UtcDateTime) > ReviewDueOn;

    /// <summary>True where nothing changed, lists compared by what is in them: an edit of another source must not restart this one.</summary>
    public bool SameAs(SourceOptions other) =>
        (this with { Schools = other.Schools, Hashtags = other.Hashtags, Only = other.Only }) == other
        && Schools.SequenceEqual(other.Schools) && Hashtags.SequenceEqual(other.Hashtags) && Only.SequenceEqual(other.Only);
}

/// <summary>The protocols that a source can speak.</summary>
public enum SourceType
{
    /// <summary>RSS, Atom, RDF, CDF or JSON Feed, by HTTP or from a file.</summary>
    Feed,

    /// <summary>A growing file of NDJSON, read on from where it was left.</summary>
    Ndjson,

    /// <summary>A folder into which files of NDJSON or feeds are put.</summary>
    Folder,

    /// <summary>Signed requests to <c>POST /ingest/{id}</c>: a tip line, another system.</summary>
    Push,

    /// <summary>The Bluesky network's Jetstream.</summary>
    Jetstream,

    /// <summary>A Mastodon server that agreed.</summary>
    Mastodon,

    Discourse,

    Lemmy,

    /// <summary>Channels that made our bot an administrator.</summary>
    Telegram,
}
