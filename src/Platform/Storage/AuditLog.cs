using System.Globalization;
using ThreatWatch.Core;

namespace ThreatWatch.Platform.Storage;

/// <summary>
/// The append-only record of every decision and view. Each row's hash covers the row and the hash before it, so that a row that was
/// changed, removed or slipped in later shows.
/// </summary>
public sealed class AuditLog(Database database)
{
    private static readonly InsertPlan<Link> Plan = new("audit", "hash",
    [
        new("at", typeof(long), row => Sql.Micros(row.At)),
        new("actor", typeof(string), row => row.Actor),
        new("action", typeof(string), row => row.Action),
        new("subject", typeof(string), row => row.Subject),
        new("detail", typeof(string), row => row.Detail),
        new("previous", typeof(string), row => row.Previous),
        new("hash", typeof(string), row => row.Hash),
    ]);

    private const string First = "0000000000000000000000000000000000000000000000000000000000000000";

    private sealed record Link(DateTimeOffset At, string Actor, string Action, string Subject, string Detail, string Previous, string Hash);

    /// <summary>Appends a row in the transaction of what it records. Detail holds ids and settings, never post text or contacts.</summary>
    public static Task AddAsync(
        UnitOfWork work, DateTimeOffset now, string actor, string action, string subject, string detail, CancellationToken cancellationToken) =>
        AddAsync(work, now, actor, [(action, subject, detail)], cancellationToken);

    /// <summary>Appends rows that belong to one moment, in order. Last in a transaction: the chain is one for all writers, so whoever holds it should be about to commit.</summary>
    /// <exception cref="InvalidOperationException">The chain went on from its last row before: somebody changed the table by hand. Nothing is recorded, and so nothing done.</exception>
    public static async Task AddAsync(
        UnitOfWork work, DateTimeOffset now, string actor, IReadOnlyList<(string Action, string Subject, string Detail)> rows, CancellationToken cancellationToken)
    {
        if (rows.Count == 0)
            return;
        // The last row is the lock: two writers would otherwise chain to the same one.
        if (work.Dialect.SkipLocked.Length > 0)
            await work.ExecuteAsync("lock table audit in share row exclusive mode", cancellationToken);
        var last = await work.QueryAsync("select hash from audit order by seq desc limit 1", reader => reader.GetString(0), cancellationToken);
        var previous = last.Count == 0 ? First : last[0];
        var chained = new List<Link>();
        foreach (var (action, subject, detail) in rows)
        {
            var hash = HashOf(previous, Sql.Micros(now), actor, action, subject, detail);
            chained.Add(new Link(now, actor, action, subject, detail, previous, hash));
            previous = hash;
        }

        // An insert of many passes over what is there already; a link of the audit is never passed over.
        if ((await work.InsertManyAsync(Plan, chained, cancellationToken)).Count < chained.Count)
            throw new InvalidOperationException("The audit goes on from its last row already: its table was changed by hand.");
    }

    /// <summary>Walks the whole chain; the sequence number of the first row that does not fit, or null where all do.</summary>
    public async Task<(long Rows, long? Broken)> VerifyAsync(CancellationToken cancellationToken)
    {
        var previous = First;
        long rows = 0;
        long? broken = null;
        await database.QueryAsync(
            "select seq, at, actor, action, subject, detail, previous, hash from audit order by seq",
            reader =>
            {
                rows++;
                var hash = HashOf(previous, reader.GetInt64(1), reader.GetString(2), reader.GetString(3), reader.GetString(4), reader.GetString(5));
                if (broken is null && (reader.GetString(6) != previous || reader.GetString(7) != hash))
                    broken = reader.GetInt64(0);
                previous = reader.GetString(7);
                return 0;
            },
            cancellationToken);
        return (rows, broken);
    }

    /// <summary>The rows about a subject, oldest first.</summary>
    public async Task<IReadOnlyList<AuditRow>> AboutAsync(string subject, CancellationToken cancellationToken) =>
        await database.QueryAsync(
            "select at, actor, action, detail from audit where subject = @subject order by seq",
            reader => new AuditRow(reader.Instant(0), reader.GetString(1), reader.GetString(2), reader.GetString(3)),
            cancellationToken,
            ("@subject", subject));

    private static string HashOf(string previous, long at, string actor, string action, string subject, string detail) =>
        Ids.Hash(Json.Write(new[] { previous, at.ToString(CultureInfo.InvariantCulture), actor, action, subject, detail }));
}

/// <summary>One row of the audit, as shown.</summary>
public sealed record AuditRow(DateTimeOffset At, string Actor, string Action, string Detail);
