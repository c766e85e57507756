using System.Data.Common;

namespace ThreatWatch.Platform.Storage;

/// <summary>Whether alerted posts still stand at their addresses: written by Ingest, which asks the sites, and read by messages and pages, which never wait for it.</summary>
public sealed class PostLinkStore(Database database)
{
    // So many posts of an alert are looked at, those of the highest level first: with a wave of reposts the sites would be asked for ever.
    private const int PostsOfAnAlert = 5;

    /// <summary>Posts with an address in alerts that are not closed, those first whose alert is told again soonest.</summary>
    /// <param name="openedSince">Alerts opened at this instant or later.</param>
    /// <param name="lookedBefore">Posts looked at later are left out.</param>
    public async Task<IReadOnlyList<PostLink>> CandidatesAsync(
        DateTimeOffset openedSince, DateTimeOffset lookedBefore, int most, CancellationToken cancellationToken) =>
        await database.QueryAsync(
            "select j.post_id, j.alert_id, p.source_id, p.url, a.next_step_at, l.looked_at, l.missing_since, l.misses, l.gone_at from "
            + "(select alert_id, post_id, row_number() over (partition by alert_id order by case level when 'Critical' then 0 when 'High' then 1 else 2 end, joined_at, post_id) as place "
            + "from alert_posts where alert_id in (select id from alerts where state <> 'Closed' and is_drill = false and opened_at >= @since)) j "
            + "join alerts a on a.id = j.alert_id join posts p on p.id = j.post_id left join post_links l on l.post_id = j.post_id "
            + "where j.place <= @posts and p.url is not null and p.text is not null and (l.looked_at is null or l.looked_at < @before) "
            + "order by case when a.next_step_at is null then 1 else 0 end, a.next_step_at, l.looked_at limit @most",
            reader => new PostLink(
                reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.InstantOrNull(4), reader.InstantOrNull(5),
                reader.InstantOrNull(6), reader.IsDBNull(7) ? 0 : reader.Int(7), reader.InstantOrNull(8)),
            cancellationToken,
            ("@since", openedSince),
            ("@before", lookedBefore),
            ("@posts", PostsOfAnAlert),
            ("@most", most));

    /// <summary>True where this process is the one to look now.</summary>
    public async Task<bool> ClaimAsync(PostLink link, DateTimeOffset now, CancellationToken cancellationToken) =>
        await database.ExecuteAsync(
            "insert into post_links (post_id, looked_at, misses) values (@id, @now, 0) on conflict (post_id) do update set looked_at = excluded.looked_at "
            + "where post_links.looked_at = @seen",
            cancellationToken,
            ("@id", link.PostId),
            ("@now", now),
            ("@seen", Sql.Micros(link.LookedAt))) == 1;

    /// <summary>Records what a look showed.</summary>
    public static Task RecordAsync(UnitOfWork work, PostLink link, CancellationToken cancellationToken) =>
        work.ExecuteAsync(
            "update post_links set missing_since = @since, misses = @misses, gone_at = @gone where post_id = @id",
            cancellationToken,
            ("@since", Sql.Micros(link.MissingSinceAt)),
            ("@misses", link.Misses),
            ("@gone", Sql.Micros(link.GoneAt)),
            ("@id", link.PostId));

    /// <summary>Since when posts are surely gone from their addresses, by id; those that are not, or were never looked at, are missing.</summary>
    public async Task<IReadOnlyDictionary<string, DateTimeOffset>> GoneAsync(IReadOnlyList<string> postIds, CancellationToken cancellationToken)
    {
        if (postIds.Count == 0)
            return new Dictionary<string, DateTimeOffset>();
        var rows = await database.QueryAsync(
            $"select post_id, missing_since from post_links where gone_at is not null and {database.Dialect.In("post_id", "@ids")}",
            (DbDataReader reader) => (PostId: reader.GetString(0), Since: reader.Instant(1)),
            cancellationToken,
            ("@ids", database.Dialect.ListParameter(postIds)));
        return rows.ToDictionary(row => row.PostId, row => row.Since);
    }
}

/// <summary>An alerted post's address and what looks at it showed.</summary>
/// <param name="NextStepAt">When the alert is told again; null once somebody has it.</param>
/// <param name="LookedAt">Null for never.</param>
/// <param name="MissingSinceAt">The first of the looks in a row that found nothing.</param>
/// <param name="Misses">How many they were.</param>
/// <param name="GoneAt">When that was sure; null while it is not.</param>
public sealed record PostLink(
    string PostId,
    string AlertId,
    string SourceId,
    string Url,
    DateTimeOffset? NextStepAt,
    DateTimeOffset? LookedAt,
    DateTimeOffset? MissingSinceAt,
    int Misses,
    DateTimeOffset? GoneAt);
