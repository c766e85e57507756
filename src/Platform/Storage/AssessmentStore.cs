using System.Data.Common;
using ThreatWatch.Core;

namespace ThreatWatch.Platform.Storage;

/// <summary>The table of assessments, written by Classifier alone.</summary>
public sealed class AssessmentStore(Database database)
{
    private const string Columns =
        "post_id, level, category, threat, self_harm, reasons, model_version, rules_version, language, assessed_at";

    /// <summary>Adds assessments; one that is there for the same post, model and rules is passed over. Returns the post ids that are new.</summary>
    /// <param name="shadow">True for a setting or model that runs along and alerts nobody.</param>
    public static Task<IReadOnlySet<string>> AddAsync(
        UnitOfWork work, IReadOnlyList<Assessment> assessments, CancellationToken cancellationToken, bool shadow = false) =>
        work.InsertManyAsync(shadow ? Shadow : Plan, assessments, cancellationToken);

    /// <summary>Takes the words of posts out of the reasons of their assessments: a text that is gone must not live on in quotations.</summary>
    public static async Task RedactAsync(UnitOfWork work, IReadOnlyList<string> postIds, CancellationToken cancellationToken)
    {
        var rows = await work.QueryAsync(
            $"select {Columns} from assessments where {work.Dialect.In("post_id", "@ids")}", Map, cancellationToken, ("@ids", work.Dialect.ListParameter(postIds)));
        foreach (var row in rows.Where(row => row.Reasons.Count > 0))
        {
            var reasons = row.Reasons.Select(reason => reason.Start < 0 ? reason : reason with { Text = "", Start = -1, Length = 0 }).ToList();
            await work.ExecuteAsync(
                "update assessments set reasons = @reasons where post_id = @post and model_version = @model and rules_version = @rules",
                cancellationToken,
                ("@reasons", Json.Write(reasons)),
                ("@post", row.PostId),
                ("@model", row.ModelVersion),
                ("@rules", row.RulesVersion));
        }
    }

    /// <summary>The latest assessment of a post; null where there is none. Shadow ones never count.</summary>
    public async Task<Assessment?> FindAsync(string postId, CancellationToken cancellationToken)
    {
        var rows = await database.QueryAsync(
            $"select {Columns} from assessments where post_id = @post and shadow = false order by assessed_at desc limit 1",
            Map,
            cancellationToken,
            ("@post", postId));
        return rows.FirstOrDefault();
    }

    /// <summary>The latest assessment of each of these posts, by post id; posts that have none are missing.</summary>
    public async Task<IReadOnlyDictionary<string, Assessment>> LatestAsync(IReadOnlyList<string> postIds, CancellationToken cancellationToken)
    {
        var rows = await database.QueryAsync(
            $"select {Columns} from assessments where {database.Dialect.In("post_id", "@ids")} and shadow = false order by assessed_at",
            Map,
            cancellationToken,
            ("@ids", database.Dialect.ListParameter(postIds)));
        var latest = new Dictionary<string, Assessment>();
        foreach (var row in rows)
            latest[row.PostId] = row;
        return latest;
    }

    /// <summary>
    /// The highest level that each of these posts had before: in an earlier revision, or by another model or rules. Posts that were never
    /// judged before are missing.
    /// </summary>
    public static async Task<IReadOnlyDictionary<string, RiskLevel>> EarlierLevelsAsync(
        UnitOfWork work, IReadOnlyList<Assessment> assessments, CancellationToken cancellationToken)
    {
        var rows = await work.QueryAsync(
            "select p.id, q.id, a.level, a.model_version, a.rules_version from posts p join posts q on q.source_id = p.source_id "
            + "and q.external_id = p.external_id and q.revision <= p.revision join assessments a on a.post_id = q.id and a.shadow = false "
            + $"where {work.Dialect.In("p.id", "@ids")}",
            reader => (Post: reader.GetString(0), Judged: reader.GetString(1), Level: reader.Enum<RiskLevel>(2), Model: reader.GetString(3), Rules: reader.GetString(4)),
            cancellationToken,
            ("@ids", work.Dialect.ListParameter([.. assessments.Select(assessment => assessment.PostId)])));
        var own = assessments.ToDictionary(assessment => assessment.PostId, assessment => (assessment.ModelVersion, assessment.RulesVersion));
        return rows.Where(row => row.Judged != row.Post || own[row.Post] != (row.Model, row.Rules))
            .GroupBy(row => row.Post)
            .ToDictionary(group => group.Key, group => group.Max(row => row.Level));
    }

    /// <summary>Empties the reasons of assessments whose post has lost its text: they quote it. Level and scores stay. Returns how many.</summary>
    public Task<int> ForgetAsync(CancellationToken cancellationToken) =>
        database.ExecuteAsync(
            "update assessments set reasons = '[]' where reasons <> '[]' "
            + "and not exists (select 1 from posts p where p.id = assessments.post_id and p.text is not null)",
            cancellationToken);

    /// <summary>Posts that both a live and a shadow setting judged since an instant, with the latest word of each.</summary>
    public async Task<IReadOnlyList<(Assessment Live, Assessment Shadow)>> ShadowedAsync(DateTimeOffset since, CancellationToken cancellationToken)
    {
        var rows = await database.QueryAsync(
            $"select {Columns}, shadow from assessments where assessed_at >= @since and post_id in (select post_id from assessments where shadow = true and assessed_at >= @since) "
            + "order by post_id, assessed_at",
            reader => (Assessment: Map(reader), IsShadow: reader.GetBoolean(10)),
            cancellationToken,
            ("@since", since));
        return [.. rows.GroupBy(row => row.Assessment.PostId)
            .Select(group => (Live: group.LastOrDefault(row => !row.IsShadow).Assessment, Shadow: group.Last(row => row.IsShadow).Assessment))
            .Where(pair => pair.Live is not null)];
    }

    /// <summary>Posts judged High or Critical before an instant that belong to no alert: what a lost message left behind.</summary>
    public async Task<IReadOnlyList<Assessment>> UnalertedAsync(DateTimeOffset before, DateTimeOffset notBefore, int most, CancellationToken cancellationToken) =>
        await database.QueryAsync(
            $"select {Columns} from assessments a where a.level in ('High', 'Critical') and a.shadow = false and a.assessed_at < @before "
            + "and a.assessed_at >= @after and not exists (select 1 from alert_posts j where j.post_id = a.post_id) order by a.assessed_at limit @most",
            Map,
            cancellationToken,
            ("@before", before),
            ("@after", notBefore),
            ("@most", most));

    internal static Assessment Map(DbDataReader reader) => new(
        reader.GetString(0),
        reader.Enum<RiskLevel>(1),
        reader.Enum<Category>(2),
        reader.GetDouble(3),
        reader.GetDouble(4),
        Json.Read<List<Reason>>(reader.GetString(5)),
        reader.GetString(6),
        reader.GetString(7),
        reader.GetString(8),
        reader.Instant(9));

    private static readonly InsertPlan<Assessment> Plan = PlanFor(false);
    private static readonly InsertPlan<Assessment> Shadow = PlanFor(true);

    private static InsertPlan<Assessment> PlanFor(bool shadow) => new("assessments", "post_id",
    [
        new("post_id", typeof(string), row => row.PostId),
        new("level", typeof(string), row => row.Level.ToString()),
        new("category", typeof(string), row => row.Category.ToString()),
        new("threat", typeof(double), row => row.Threat),
        new("self_harm", typeof(double), row => row.SelfHarm),
        new("reasons", typeof(string), row => row.Reasons.Count == 0 ? "[]" : Json.Write(row.Reasons)),
        new("model_version", typeof(string), row => row.ModelVersion),
        new("rules_version", typeof(string), row => row.RulesVersion),
        new("language", typeof(string), row => row.Language),
        new("assessed_at", typeof(long), row => Sql.Micros(row.AssessedAt)),
        new("shadow", typeof(bool), _ => shadow),
    ]);
}
