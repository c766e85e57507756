using System.Data.Common;
using ThreatWatch.Core;

namespace ThreatWatch.Platform.Storage;

/// <summary>The table of silences: made and ended by people, each time with an entry in the audit.</summary>
public sealed class SilenceStore(Database database, TimeProvider time)
{
    private const string Columns = "id, school_id, category, fingerprint, holds_critical, from_at, until_at, reason, made_by";

    /// <summary>Makes a silence.</summary>
    /// <exception cref="ArgumentException">It has no reason, or ends before it begins or has already ended.</exception>
    public async Task AddAsync(Silence silence, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (string.IsNullOrWhiteSpace(silence.Reason))
            throw new ArgumentException("a silence needs a reason", nameof(silence));
        if (silence.UntilAt <= silence.FromAt || silence.UntilAt <= now)
            throw new ArgumentException("a silence must end after it begins, and in the future", nameof(silence));
        await using var work = await database.BeginAsync(cancellationToken);
        await work.ExecuteAsync(
            $"insert into silences ({Columns}, made_at) values (@id, @school, @category, @print, @critical, @from, @until, @reason, @by, @now)",
            cancellationToken,
            ("@id", silence.Id),
            ("@school", silence.SchoolId),
            ("@category", silence.Category?.ToString()),
            ("@print", silence.Fingerprint),
            ("@critical", silence.HoldsCritical),
            ("@from", silence.FromAt),
            ("@until", silence.UntilAt),
            ("@reason", silence.Reason),
            ("@by", silence.MadeBy),
            ("@now", now));
        var scope = $"{silence.SchoolId ?? "all schools"}, {silence.Category?.ToString() ?? "all categories"}, until {silence.UntilAt:u}: {silence.Reason}";
        await AuditLog.AddAsync(work, now, silence.MadeBy, "silence.made", silence.Id, scope, cancellationToken);
        await work.CommitAsync(cancellationToken);
    }

    /// <summary>Ends a silence now, and lets the alerts that it held back be told at once; false where it had ended or is unknown.</summary>
    public async Task<bool> EndAsync(string id, string by, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await using var work = await database.BeginAsync(cancellationToken);
        var ended = await work.QueryAsync(
            "update silences set until_at = @now where id = @id and until_at > @now returning id",
            reader => reader.GetString(0),
            cancellationToken,
            ("@now", now),
            ("@id", id));
        if (ended.Count == 0)
            return false;
        // Alerts that nobody was told of yet: their first step waits for the end of some silence, and looks again now.
        await work.ExecuteAsync(
            "update alerts set next_step_at = @now where state = 'Open' and next_step = 0 and next_round = 0 and next_step_at > @now", cancellationToken, ("@now", now));
        await AuditLog.AddAsync(work, now, by, "silence.ended", id, "", cancellationToken);
        await work.CommitAsync(cancellationToken);
        return true;
    }

    /// <summary>Silences that have not ended, the first to end first.</summary>
    public async Task<IReadOnlyList<Silence>> ListAsync(CancellationToken cancellationToken) =>
        await database.QueryAsync(
            $"select {Columns} from silences where until_at > @now order by until_at", Map, cancellationToken, ("@now", time.GetUtcNow()));

    /// <summary>Those in force, inside a transaction.</summary>
    public static async Task<IReadOnlyList<Silence>> InForceAsync(UnitOfWork work, DateTimeOffset now, CancellationToken cancellationToken) =>
        await work.QueryAsync(
            $"select {Columns} from silences where until_at > @now and from_at <= @now", Map, cancellationToken, ("@now", now));

    private static Silence Map(DbDataReader reader) => new(
        reader.GetString(0),
        reader.TextOrNull(1),
        reader.IsDBNull(2) ? null : reader.Enum<Category>(2),
        reader.TextOrNull(3),
        reader.GetBoolean(4),
        reader.Instant(5),
        reader.Instant(6),
        reader.GetString(7),
        reader.GetString(8));
}
