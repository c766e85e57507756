using System.Data.Common;
using ThreatWatch.Core;

namespace ThreatWatch.Platform.Storage;

/// <summary>The table of posts, written by Ingest alone.</summary>
public sealed class PostStore(Database database)
{
    private const string Columns =
        "p.id, p.source_id, p.external_id, p.revision, p.title, p.text, p.url, p.author, p.published_at, p.ingested_at, p.schools, "
        + "p.content_hash, p.family, p.is_drill, p.retracted_at";

    private static readonly InsertPlan<Post> Plan = new("posts", "id",
    [
        new("id", typeof(string), post => post.Id),
        new("source_id", typeof(string), post => post.SourceId),
        new("external_id", typeof(string), post => post.ExternalId),
        new("revision", typeof(long), post => (long)post.Revision),
        new("title", typeof(string), post => post.Title),
        new("text", typeof(string), post => post.Text),
        new("url", typeof(string), post => post.Url),
        new("author", typeof(string), post => post.Author),
        new("published_at", typeof(long), post => Sql.Micros(post.PublishedAt)),
        new("ingested_at", typeof(long), post => Sql.Micros(post.IngestedAt)),
        new("schools", typeof(string), post => Json.Write(post.Schools)),
        new("content_hash", typeof(string), post => post.ContentHash),
        new("family", typeof(string), post => post.Family),
        new("is_drill", typeof(bool), post => post.IsDrill),
        new("retracted_at", typeof(long), post => Sql.Micros(post.RetractedAt)),
    ]);

    /// <summary>The latest revision of each of these posts of a source, by external id; posts never seen are missing.</summary>
    public static async Task<IReadOnlyDictionary<string, Post>> LatestAsync(
        UnitOfWork work, string sourceId, IReadOnlyList<string> externalIds, CancellationToken cancellationToken)
    {
        var rows = await work.QueryAsync(
            $"select {Columns} from posts p where p.source_id = @source and {work.Dialect.In("p.external_id", "@ids")} order by p.revision",
            Map,
            cancellationToken,
            ("@source", sourceId),
            ("@ids", work.Dialect.ListParameter(externalIds)));
        var latest = new Dictionary<string, Post>();
        foreach (var post in rows)
            latest[post.ExternalId] = post;
        return latest;
    }

    /// <summary>Adds revisions; one that another process added first is passed over. Returns the ids that are new.</summary>
    public static Task<IReadOnlySet<string>> AddAsync(UnitOfWork work, IReadOnlyList<Post> posts, CancellationToken cancellationToken) =>
        work.InsertManyAsync(Plan, posts, cancellationToken);

    /// <summary>Empties every revision of a post whose author took it back; returns the ids of the revisions that held text.</summary>
    public static Task<List<string>> RetractAsync(
        UnitOfWork work, string sourceId, string externalId, DateTimeOffset now, CancellationToken cancellationToken) =>
        work.QueryAsync(
            "update posts set text = null, title = null, author = null, retracted_at = @now "
            + "where source_id = @source and external_id = @external and retracted_at is null returning id",
            reader => reader.GetString(0),
            cancellationToken,
            ("@now", now),
            ("@source", sourceId),
            ("@external", externalId));

    /// <summary>The same for many posts of a source at once; posts never stored cost only the look.</summary>
    public static Task<List<string>> RetractAsync(
        UnitOfWork work, string sourceId, IReadOnlyList<string> externalIds, DateTimeOffset now, CancellationToken cancellationToken) =>
        work.QueryAsync(
            "update posts set text = null, title = null, author = null, retracted_at = @now "
            + $"where source_id = @source and {work.Dialect.In("external_id", "@externals")} and retracted_at is null returning id",
            reader => reader.GetString(0),
            cancellationToken,
            ("@now", now),
            ("@source", sourceId),
            ("@externals", work.Dialect.ListParameter(externalIds)));

    /// <summary>Empties every post of authors whose accounts are gone.</summary>
    public static Task<List<string>> RetractAuthorsAsync(
        UnitOfWork work, string sourceId, IReadOnlyList<string> authors, DateTimeOffset now, CancellationToken cancellationToken) =>
        work.QueryAsync(
            "update posts set text = null, title = null, author = null, retracted_at = @now "
            + $"where source_id = @source and {work.Dialect.In("author", "@authors")} and retracted_at is null returning id",
            reader => reader.GetString(0),
            cancellationToken,
            ("@now", now),
            ("@source", sourceId),
            ("@authors", work.Dialect.ListParameter(authors)));

    /// <summary>The latest posts that still have their text, oldest first.</summary>
    /// <param name="since">Those stored at this instant or later.</param>
    public async Task<IReadOnlyList<Post>> RecentAsync(DateTimeOffset since, int most, CancellationToken cancellationToken)
    {
        var posts = await database.QueryAsync(
            $"select {Columns} from posts p where p.ingested_at >= @since and p.text is not null order by p.ingested_at desc, p.id desc limit @most",
            Map,
            cancellationToken,
            ("@since", since),
            ("@most", most));
        posts.Reverse();
        return posts;
    }

    /// <summary>The source's own ids of the latest posts that still have their text: what may have to be taken back.</summary>
    public Task<List<string>> LatestExternalIdsAsync(string sourceId, DateTimeOffset since, int most, CancellationToken cancellationToken) =>
        database.QueryAsync(
            "select external_id from posts where source_id = @source and ingested_at >= @since and text is not null "
            + "group by external_id order by max(ingested_at) desc limit @most",
            reader => reader.GetString(0),
            cancellationToken,
            ("@source", sourceId),
            ("@since", since),
            ("@most", most));

    /// <summary>Posts by id, in no order; ids that are unknown are missing.</summary>
    public async Task<IReadOnlyList<Post>> FindAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken) =>
        await database.QueryAsync(
            $"select {Columns} from posts p where {database.Dialect.In("p.id", "@ids")}",
            Map,
            cancellationToken,
            ("@ids", database.Dialect.ListParameter(ids)));

    /// <summary>The same inside a transaction.</summary>
    public static async Task<IReadOnlyList<Post>> FindAsync(UnitOfWork work, IReadOnlyList<string> ids, CancellationToken cancellationToken) =>
        await work.QueryAsync(
            $"select {Columns} from posts p where {work.Dialect.In("p.id", "@ids")}",
            Map,
            cancellationToken,
            ("@ids", work.Dialect.ListParameter(ids)));

    /// <summary>Posts that still have their text, stored since an instant, in the order of intake: one page, after a post's id ("" for the first).</summary>
    public async Task<IReadOnlyList<Post>> PageAsync(DateTimeOffset since, string after, int most, CancellationToken cancellationToken) =>
        await database.QueryAsync(
            $"select {Columns} from posts p where p.id > @after and p.ingested_at >= @since and p.text is not null and p.retracted_at is null order by p.id limit @most",
            Map,
            cancellationToken,
            ("@after", after),
            ("@since", since),
            ("@most", most));

    /// <summary>Posts without an assessment that were stored before an instant: what a lost message left behind.</summary>
    public async Task<IReadOnlyList<string>> UnassessedAsync(DateTimeOffset before, int most, CancellationToken cancellationToken) =>
        await database.QueryAsync(
            "select p.id from posts p where p.ingested_at < @before and p.retracted_at is null and p.text is not null "
            + "and not exists (select 1 from assessments a where a.post_id = p.id) order by p.ingested_at limit @most",
            reader => reader.GetString(0),
            cancellationToken,
            ("@before", before),
            ("@most", most));

    internal static Post Map(DbDataReader reader) => new(
        reader.GetString(0),
        reader.GetString(1),
        reader.GetString(2),
        reader.Int(3),
        reader.TextOrNull(4),
        reader.TextOrNull(5),
        reader.TextOrNull(6),
        reader.TextOrNull(7),
        reader.Instant(8),
        reader.Instant(9),
        Json.Read<List<SchoolMatch>>(reader.GetString(10)),
        reader.GetString(11),
        reader.GetString(12),
        reader.GetBoolean(13),
        reader.InstantOrNull(14));
}
