using System.Data.Common;
using ThreatWatch.Core;

namespace ThreatWatch.Platform.Storage;

/// <summary>The tables of alerts and of the posts that joined them, written by Alerting alone.</summary>
public sealed class AlertStore(Database database)
{
    internal const string Columns =
        "id, fingerprint, school_id, category, level, state, first_post_id, post_count, author_count, source_count, is_drill, opened_at, "
        + "last_post_at, acknowledged_at, acknowledged_by, acknowledged_via, closed_at, disposition";

    private const string ProgressColumns = Columns + ", notified_at, notified_posts, evidence_round, next_step, next_round, next_step_at";

    private static readonly InsertPlan<AlertProgress> OpenPlan = new("alerts", "id",
    [
        new("id", typeof(string), row => row.Alert.Id),
        new("fingerprint", typeof(string), row => row.Alert.Fingerprint),
        new("school_id", typeof(string), row => row.Alert.SchoolId),
        new("category", typeof(string), row => row.Alert.Category.ToString()),
        new("level", typeof(string), row => row.Alert.Level.ToString()),
        new("state", typeof(string), _ => nameof(AlertState.Open)),
        new("first_post_id", typeof(string), row => row.Alert.FirstPostId),
        new("post_count", typeof(long), row => (long)row.Alert.PostCount),
        new("author_count", typeof(long), row => (long)row.Alert.AuthorCount),
        new("source_count", typeof(long), row => (long)row.Alert.SourceCount),
        new("is_drill", typeof(bool), row => row.Alert.IsDrill),
        new("notified_at", typeof(long), row => Sql.Micros(row.NotifiedAt)),
        new("notified_posts", typeof(long), row => (long)row.NotifiedPosts),
        new("evidence_round", typeof(long), row => (long)row.EvidenceRound),
        new("next_step", typeof(long), row => (long)row.NextStep),
        new("next_round", typeof(long), row => (long)row.NextRound),
        new("next_step_at", typeof(long), row => Sql.Micros(row.NextStepAt)),
        new("opened_at", typeof(long), row => Sql.Micros(row.Alert.OpenedAt)),
        new("last_post_at", typeof(long), row => Sql.Micros(row.Alert.LastPostAt)),
    ]);

    private static readonly InsertPlan<(string AlertId, string PostId, RiskLevel Level, DateTimeOffset JoinedAt)> JoinPlan = new("alert_posts", "post_id",
    [
        new("alert_id", typeof(string), row => row.AlertId),
        new("post_id", typeof(string), row => row.PostId),
        new("level", typeof(string), row => row.Level.ToString()),
        new("joined_at", typeof(long), row => Sql.Micros(row.JoinedAt)),
    ]);

    private static readonly UpdatePlan<AlertProgress> SavePlan = new(
        "alerts",
        "level = v.level, post_count = v.post_count, author_count = v.author_count, source_count = v.source_count, last_post_at = v.last_post_at, "
        + "notified_at = v.notified_at, notified_posts = v.notified_posts, evidence_round = v.evidence_round, "
        + "next_step = v.next_step, next_round = v.next_round, next_step_at = v.next_step_at",
        "alerts.id = v.id",
        [.. OpenPlan.Columns.Where(column => column.Name is not ("fingerprint" or "school_id" or "category" or "state" or "first_post_id" or "is_drill" or "opened_at"))]);

    /// <summary>Alerts that are not closed, by fingerprint, each locked until the transaction ends; always in one order, so that no two writers wait for each other.</summary>
    public static async Task<IReadOnlyList<AlertProgress>> LockOpenAsync(
        UnitOfWork work, IReadOnlyList<string> fingerprints, CancellationToken cancellationToken) =>
        await work.QueryAsync(
            $"select {ProgressColumns} from alerts where {work.Dialect.In("fingerprint", "@prints")} and state <> 'Closed' order by fingerprint{work.Dialect.Locked}",
            MapProgress,
            cancellationToken,
            ("@prints", work.Dialect.ListParameter(fingerprints)));

    /// <summary>One alert, locked until the transaction ends; null where there is none.</summary>
    public static async Task<AlertProgress?> LockAsync(UnitOfWork work, string id, CancellationToken cancellationToken)
    {
        var rows = await work.QueryAsync(
            $"update alerts set state = state where id = @id returning {ProgressColumns}", MapProgress, cancellationToken, ("@id", id));
        return rows.FirstOrDefault();
    }

    /// <summary>Open alerts whose next step is due, most urgent first, each locked until the transaction ends.</summary>
    public static async Task<IReadOnlyList<AlertProgress>> LockDueAsync(UnitOfWork work, DateTimeOffset now, int most, CancellationToken cancellationToken) =>
        await work.QueryAsync(
            $"select {ProgressColumns} from alerts where state = 'Open' and next_step_at <= @now order by next_step_at limit @most{work.Dialect.SkipLocked}",
            MapProgress,
            cancellationToken,
            ("@now", now),
            ("@most", most));

    /// <summary>Opens alerts; returns the ids of those whose fingerprint no other process opened first.</summary>
    public static Task<IReadOnlySet<string>> OpenAsync(UnitOfWork work, IReadOnlyList<AlertProgress> rows, CancellationToken cancellationToken) =>
        work.InsertManyAsync(OpenPlan, rows, cancellationToken);

    /// <summary>Lets posts join alerts; one that has joined before is passed over.</summary>
    public static Task JoinAsync(
        UnitOfWork work, IReadOnlyList<(string AlertId, string PostId, RiskLevel Level)> posts, DateTimeOffset now, CancellationToken cancellationToken) =>
        work.InsertManyAsync(JoinPlan, posts.Select(post => (post.AlertId, post.PostId, post.Level, now)).ToList(), cancellationToken);

    /// <summary>Counts the posts, authors and sources of alerts anew, by alert.</summary>
    public static async Task<IReadOnlyDictionary<string, (int Posts, int Authors, int Sources)>> CountAsync(
        UnitOfWork work, IReadOnlyList<string> alertIds, CancellationToken cancellationToken)
    {
        var rows = await work.QueryAsync(
            "select j.alert_id, count(*), count(distinct p.author), count(distinct p.source_id) from alert_posts j join posts p on p.id = j.post_id "
            + $"where {work.Dialect.In("j.alert_id", "@ids")} group by j.alert_id",
            reader => (Id: reader.GetString(0), Counts: (reader.Int(1), reader.Int(2), reader.Int(3))),
            cancellationToken,
            ("@ids", work.Dialect.ListParameter(alertIds)));
        return rows.ToDictionary(row => row.Id, row => row.Counts);
    }

    /// <summary>Saves what changes while alerts live: level, counts, what people were told, the escalation's cursor.</summary>
    public static Task SaveAsync(UnitOfWork work, IReadOnlyList<AlertProgress> rows, CancellationToken cancellationToken) =>
        work.UpdateManyAsync(SavePlan, rows, cancellationToken);

    /// <summary>Which alerts these posts belong to already, closed ones too: a message that comes twice joins nothing twice.</summary>
    public static Task<List<(string PostId, string SchoolId, Category Category)>> JoinedAsync(
        UnitOfWork work, IReadOnlyList<string> postIds, CancellationToken cancellationToken) =>
        work.QueryAsync(
            $"select j.post_id, a.school_id, a.category from alert_posts j join alerts a on a.id = j.alert_id where {work.Dialect.In("j.post_id", "@ids")}",
            reader => (reader.GetString(0), reader.GetString(1), reader.Enum<Category>(2)),
            cancellationToken,
            ("@ids", work.Dialect.ListParameter(postIds)));

    /// <summary>The fingerprint of the alert, not yet closed, that an earlier revision of a post joined; null where none did.</summary>
    public static async Task<string?> OfEarlierRevisionAsync(
        UnitOfWork work, Post post, string schoolId, Category category, CancellationToken cancellationToken)
    {
        var rows = await work.QueryAsync(
            "select a.fingerprint from posts p join alert_posts j on j.post_id = p.id join alerts a on a.id = j.alert_id "
            + "where p.source_id = @source and p.external_id = @external and a.school_id = @school and a.category = @category and a.state <> 'Closed' "
            + "order by p.revision desc limit 1",
            reader => reader.GetString(0),
            cancellationToken,
            ("@source", post.SourceId),
            ("@external", post.ExternalId),
            ("@school", schoolId),
            ("@category", category));
        return rows.FirstOrDefault();
    }

    public async Task<Alert?> FindAsync(string id, CancellationToken cancellationToken) => (await FindAsync([id], cancellationToken)) is [var alert, ..] ? alert : null;

    /// <summary>Who closed an alert, and with which note.</summary>
    public async Task<(string? By, string? Note)> ClosingAsync(string id, CancellationToken cancellationToken) =>
        (await database.QueryAsync(
            "select closed_by, note from alerts where id = @id", reader => (reader.TextOrNull(0), reader.TextOrNull(1)), cancellationToken, ("@id", id))).FirstOrDefault();

    /// <summary>Alerts by id, in no order; ids that are unknown are missing.</summary>
    public async Task<IReadOnlyList<Alert>> FindAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken) =>
        await database.QueryAsync(
            $"select {Columns} from alerts where {database.Dialect.In("id", "@ids")}", Map, cancellationToken, ("@ids", database.Dialect.ListParameter(ids)));

    /// <summary>What says whether messages of alerts are still wanted, by alert; ids that are unknown are missing.</summary>
    public async Task<IReadOnlyDictionary<string, AlertEnds>> EndsAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken)
    {
        var rows = await database.QueryAsync(
            $"select id, acknowledged_at, closed_at from alerts where {database.Dialect.In("id", "@ids")}",
            reader => (Id: reader.GetString(0), Ends: new AlertEnds(reader.InstantOrNull(1), reader.InstantOrNull(2))),
            cancellationToken,
            ("@ids", database.Dialect.ListParameter(ids)));
        return rows.ToDictionary(row => row.Id, row => row.Ends);
    }

    /// <summary>Alerts that pass a filter, the newest first.</summary>
    public async Task<IReadOnlyList<Alert>> ListAsync(AlertFilter filter, CancellationToken cancellationToken)
    {
        var (where, parameters) = filter.ToSql(database.Dialect);
        return await database.QueryAsync(
            $"select {Columns} from alerts where {where} order by opened_at desc, id limit @most", Map, cancellationToken, parameters);
    }

    /// <summary>Alerts that one of these people was told of, the latest first, each with that person: for answers by phone.</summary>
    /// <param name="since">Alerts that are no longer open only where the person was told after this instant.</param>
    public async Task<IReadOnlyList<(Alert Alert, string OfficerId)>> ToldAsync(
        IReadOnlyList<string> officerIds, DateTimeOffset since, CancellationToken cancellationToken) =>
        await database.QueryAsync(
            $"select {Columns}, told.officer_id from alerts join (select alert_id, min(officer_id) as officer_id, max(sending_at) as told_at "
            + $"from notifications where {database.Dialect.In("officer_id", "@ids")} and sending_at is not null and channel in ('Sms', 'Voice', 'Email') "
            + "group by alert_id) told on told.alert_id = alerts.id where state = 'Open' or told.told_at >= @since order by told.told_at desc limit 50",
            reader => (Map(reader), reader.GetString(18)),
            cancellationToken,
            ("@since", since),
            ("@ids", database.Dialect.ListParameter(officerIds)));

    /// <summary>For each alert the post that shows it best: the first of those with the highest level.</summary>
    public async Task<IReadOnlyDictionary<string, string>> LeadPostsAsync(IReadOnlyList<string> alertIds, CancellationToken cancellationToken)
    {
        var rows = await database.QueryAsync(
            "select alert_id, post_id from (select alert_id, post_id, row_number() over (partition by alert_id order by "
            + "case level when 'Critical' then 0 when 'High' then 1 else 2 end, joined_at, post_id) as place from alert_posts "
            + $"where {database.Dialect.In("alert_id", "@ids")}) ranked where place = 1",
            reader => (AlertId: reader.GetString(0), PostId: reader.GetString(1)),
            cancellationToken,
            ("@ids", database.Dialect.ListParameter(alertIds)));
        return rows.ToDictionary(row => row.AlertId, row => row.PostId);
    }

    /// <summary>The posts of an alert in the order in which they joined, at most <paramref name="most"/>.</summary>
    public async Task<IReadOnlyList<string>> PostsAsync(string alertId, int most, CancellationToken cancellationToken) =>
        await database.QueryAsync(
            "select post_id from alert_posts where alert_id = @id order by joined_at, post_id limit @most",
            reader => reader.GetString(0),
            cancellationToken,
            ("@id", alertId),
            ("@most", most));

    internal static Alert Map(DbDataReader reader) => new(
        reader.GetString(0),
        reader.GetString(1),
        reader.GetString(2),
        reader.Enum<Category>(3),
        reader.Enum<RiskLevel>(4),
        reader.Enum<AlertState>(5),
        reader.GetString(6),
        reader.Int(7),
        reader.Int(8),
        reader.Int(9),
        reader.GetBoolean(10),
        reader.Instant(11),
        reader.Instant(12),
        reader.InstantOrNull(13),
        reader.TextOrNull(14),
        reader.TextOrNull(15),
        reader.InstantOrNull(16),
        reader.IsDBNull(17) ? null : reader.Enum<Disposition>(17));

    private static AlertProgress MapProgress(DbDataReader reader) => new(
        Map(reader), reader.Instant(18), reader.Int(19), reader.Int(20), reader.Int(21), reader.Int(22), reader.InstantOrNull(23));
}

/// <summary>When somebody took an alert and when it was closed; null for not yet.</summary>
public sealed record AlertEnds(DateTimeOffset? AcknowledgedAt, DateTimeOffset? ClosedAt);

/// <summary>An alert with what only Alerting needs to know of it.</summary>
/// <param name="NotifiedAt">When people were last told of it for its own sake (not as a reminder).</param>
/// <param name="NotifiedPosts">How many posts it had then.</param>
/// <param name="EvidenceRound">How often new evidence was told.</param>
/// <param name="NextStep">The step of the escalation policy that comes next.</param>
/// <param name="NextRound">The round that this step belongs to.</param>
/// <param name="NextStepAt">When it is due; null where no step is to come.</param>
public sealed record AlertProgress(
    Alert Alert, DateTimeOffset NotifiedAt, int NotifiedPosts, int EvidenceRound, int NextStep, int NextRound, DateTimeOffset? NextStepAt);
