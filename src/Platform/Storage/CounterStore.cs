using System.Globalization;

namespace ThreatWatch.Platform.Storage;

/// <summary>Counts by source and day of what is not stored itself: posts seen, out of scope, bad lines, failures.</summary>
public sealed class CounterStore(Database database)
{
    public static Task AddAsync(
        UnitOfWork work, string sourceId, string name, long count, DateTimeOffset now, CancellationToken cancellationToken) =>
        count == 0 ? Task.CompletedTask : work.ExecuteAsync(
            "insert into counters (source_id, day, name, value) values (@source, @day, @name, @value) "
            + "on conflict (source_id, day, name) do update set value = counters.value + excluded.value",
            cancellationToken,
            ("@source", sourceId),
            ("@day", now.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)),
            ("@name", name),
            ("@value", count));

    /// <summary>Sums since a day, by source and name.</summary>
    public async Task<IReadOnlyList<(string SourceId, string Name, long Value)>> SinceAsync(DateOnly day, CancellationToken cancellationToken) =>
        await database.QueryAsync(
            "select source_id, name, cast(sum(value) as bigint) from counters where day >= @day group by source_id, name order by source_id, name",
            reader => (reader.GetString(0), reader.GetString(1), reader.GetInt64(2)),
            cancellationToken,
            ("@day", day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)));
}
