using ThreatWatch.Core;

namespace ThreatWatch.Platform.Storage;

/// <summary>What closed alerts turned out to be, post by post: the only labels that a district has.</summary>
public sealed class OutcomeStore(Database database, TimeProvider time)
{
    /// <summary>
    /// The posts of alerts closed since an instant that were judged High or Critical themselves; drills left out. That their words were taken
    /// out of the house is a row of the audit.
    /// </summary>
    /// <param name="by">Who takes them, for the audit.</param>
    public async Task<Outcomes> TakeAsync(DateTimeOffset since, string by, CancellationToken cancellationToken)
    {
        await using var work = await database.BeginAsync(cancellationToken);
        var rows = await work.QueryAsync(
            "select a.id, a.category, a.disposition, r.disposition, j.post_id from alerts a join alert_posts j on j.alert_id = a.id left join second_readings r on r.alert_id = a.id "
            + "where a.closed_at >= @since and a.disposition is not null and a.disposition <> 'Drill' and a.is_drill = false "
            + "and j.level in ('High', 'Critical') order by a.closed_at, a.id, j.post_id",
            reader => new Row(reader.GetString(0), reader.Enum<Category>(1), reader.Enum<Disposition>(2), reader.IsDBNull(3) ? null : reader.Enum<Disposition>(3), reader.GetString(4)),
            cancellationToken,
            ("@since", since));
        var agreed = rows.Where(row => row.Second is not { } second || IsDanger(second) == IsDanger(row.First)).ToList();
        var words = (await PostStore.FindAsync(work, [.. agreed.Select(row => row.PostId).Distinct()], cancellationToken)).Where(post => post.Text is not null).ToDictionary(post => post.Id, post => post.FullText);
        var posts = agreed.Where(row => words.ContainsKey(row.PostId)).Select(row => new Outcome(words[row.PostId], IsDanger(row.First) ? row.Category : null)).ToList();
        await AuditLog.AddAsync(work, time.GetUtcNow(), by, "outcomes.exported", "outcomes", $"{posts.Count} posts", cancellationToken);
        await work.CommitAsync(cancellationToken);
        return new Outcomes(posts, Alerts(rows), Alerts(rows) - Alerts(agreed), agreed.Count - posts.Count);
    }

    // A threat resolved at once is one in its words, and what is referred to a counsellor was rightly read: as in backtest.
    private static bool IsDanger(Disposition disposition) => disposition is not (Disposition.NotAThreat or Disposition.Drill);

    private static int Alerts(List<Row> rows) => rows.Select(row => row.AlertId).Distinct().Count();

    private sealed record Row(string AlertId, Category Category, Disposition First, Disposition? Second, string PostId);
}

/// <summary>A post and the danger that people found in it; null for none.</summary>
public sealed record Outcome(string Text, Category? Danger);

/// <summary>Posts of closed alerts with what they were.</summary>
/// <param name="Alerts">Closed alerts looked at.</param>
/// <param name="Disputed">Alerts left out because their two readers disagree on whether there was a danger.</param>
/// <param name="Wordless">Posts left out because their words are gone: taken back by their authors or past their days.</param>
public sealed record Outcomes(IReadOnlyList<Outcome> Posts, int Alerts, int Disputed, int Wordless);
