using System.Globalization;
using ThreatWatch.Core;

namespace ThreatWatch.Platform.Storage;

/// <summary>The table of daily digests, and what belongs into one: posts judged Elevated, which alert nobody.</summary>
public sealed class DigestStore(Database database)
{
    /// <summary>Posts judged Elevated in a stretch of time, with their judgement, the newest first; drills and posts taken back are left out.</summary>
    public async Task<IReadOnlyList<DigestItem>> ItemsAsync(DateTimeOffset from, DateTimeOffset until, int most, CancellationToken cancellationToken) =>
        await database.QueryAsync(
            "select a.post_id, a.category, a.threat, a.self_harm, p.url, p.source_id, p.schools, a.assessed_at from assessments a join posts p on p.id = a.post_id "
            + "where a.level = 'Elevated' and a.shadow = false and a.assessed_at >= @from and a.assessed_at < @until and p.is_drill = false and p.retracted_at is null "
            + "order by a.assessed_at desc limit @most",
            reader => new DigestItem(
                reader.GetString(0),
                reader.Enum<Category>(1),
                reader.Enum<Category>(1) == Category.SelfHarm ? reader.GetDouble(3) : reader.GetDouble(2),
                reader.TextOrNull(4),
                reader.GetString(5),
                [.. Json.Read<List<SchoolMatch>>(reader.GetString(6)).Select(match => match.SchoolId).Distinct()],
                reader.Instant(7)),
            cancellationToken,
            ("@from", from),
            ("@until", until),
            ("@most", most));

    /// <summary>True where this process is the one to send the day's digest to a person now: it was not sent, and no other try is under way.</summary>
    public async Task<bool> TryBeginAsync(DateOnly day, string officerId, DateTimeOffset now, DateTimeOffset stuckBefore, CancellationToken cancellationToken) =>
        await database.ExecuteAsync(
            "insert into digests (day, officer_id, state, sending_at) values (@day, @officer, 'Sending', @now) on conflict (day, officer_id) do update "
            + "set sending_at = excluded.sending_at where digests.state = 'Sending' and digests.sending_at < @stuck",
            cancellationToken,
            ("@day", Day(day)),
            ("@officer", officerId),
            ("@now", now),
            ("@stuck", stuckBefore)) == 1;

    /// <summary>Records the end of a try; one that is to be tried again stays in Sending and comes again after a pause.</summary>
    public Task RecordAsync(DateOnly day, string officerId, NotificationState state, DateTimeOffset now, string? error, CancellationToken cancellationToken) =>
        database.ExecuteAsync(
            "update digests set state = @state, sent_at = @sent, error = @error where day = @day and officer_id = @officer",
            cancellationToken,
            ("@state", state),
            ("@sent", state == NotificationState.Sent ? Sql.Micros(now) : null),
            ("@error", error),
            ("@day", Day(day)),
            ("@officer", officerId));

    private static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}

/// <summary>One line of a digest. The post's words are read where it stands or in the console.</summary>
public sealed record DigestItem(string PostId, Category Category, double Score, string? Url, string SourceId, IReadOnlyList<string> SchoolIds, DateTimeOffset AssessedAt);
