namespace ThreatWatch.Platform.Storage;

/// <summary>Which authors of stored posts asked not to be shown to people who are not logged in, as far as they were asked for.</summary>
public sealed class AuthorCheckStore(Database database)
{
    /// <summary>Authors to ask for: those of posts that still have their text, and those who opted out, each again after a while.</summary>
    /// <param name="storedSince">Posts stored at this instant or later.</param>
    /// <param name="checkedBefore">Authors asked for later are left out.</param>
    public async Task<IReadOnlyList<string>> DueAsync(
        string sourceId, DateTimeOffset storedSince, DateTimeOffset checkedBefore, int most, CancellationToken cancellationToken) =>
        await database.QueryAsync(
            "select author from (select distinct p.author as author from posts p where p.source_id = @source and p.ingested_at >= @since and p.author is not null "
            + "and not exists (select 1 from author_checks c where c.source_id = p.source_id and c.author = p.author and c.checked_at >= @before) "
            + "union select author from author_checks where source_id = @source and opted_out = true and checked_at < @before) due limit @most",
            reader => reader.GetString(0),
            cancellationToken,
            ("@source", sourceId),
            ("@since", storedSince),
            ("@before", checkedBefore),
            ("@most", most));

    public async Task RecordAsync(string sourceId, IEnumerable<(string Author, bool OptedOut)> answers, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var work = await database.BeginAsync(cancellationToken);
        foreach (var (author, optedOut) in answers)
        {
            await work.ExecuteAsync(
                "insert into author_checks (source_id, author, checked_at, opted_out) values (@source, @author, @now, @out) "
                + "on conflict (source_id, author) do update set checked_at = excluded.checked_at, opted_out = excluded.opted_out",
                cancellationToken,
                ("@source", sourceId),
                ("@author", author),
                ("@now", now),
                ("@out", optedOut));
        }

        await work.CommitAsync(cancellationToken);
    }

    /// <summary>Those of these authors who opted out.</summary>
    public static async Task<IReadOnlySet<string>> OptedOutAsync(UnitOfWork work, string sourceId, IReadOnlyList<string> authors, CancellationToken cancellationToken) =>
        authors.Count == 0
            ? new HashSet<string>()
            : (await work.QueryAsync(
                $"select author from author_checks where source_id = @source and opted_out = true and {work.Dialect.In("author", "@authors")}",
                reader => reader.GetString(0),
                cancellationToken,
                ("@source", sourceId),
                ("@authors", work.Dialect.ListParameter(authors)))).ToHashSet();
}
