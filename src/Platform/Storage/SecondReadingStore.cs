using ThreatWatch.Core;

namespace ThreatWatch.Platform.Storage;

/// <summary>The table of second readings: one for a closed alert, by somebody other than who closed it.</summary>
public sealed class SecondReadingStore(Database database, TimeProvider time)
{
    /// <summary>Records a reading, with an entry in the audit.</summary>
    /// <param name="note">For the district's own files; never in the audit.</param>
    public async Task<ReadingOutcome> AddAsync(string alertId, string by, Disposition disposition, string? note, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await using var work = await database.BeginAsync(cancellationToken);
        var alerts = await work.QueryAsync(
            "select state, is_drill, closed_by from alerts where id = @id",
            reader => (State: reader.Enum<AlertState>(0), IsDrill: reader.GetBoolean(1), ClosedBy: reader.TextOrNull(2)),
            cancellationToken,
            ("@id", alertId));
        if (alerts.Count == 0)
            return ReadingOutcome.NoSuchAlert;
        if (alerts[0].State != AlertState.Closed)
            return ReadingOutcome.NotClosed;
        if (alerts[0].IsDrill)
            return ReadingOutcome.IsDrill;
        if (alerts[0].ClosedBy == by)
            return ReadingOutcome.SamePerson;
        var added = await work.ExecuteAsync(
            "insert into second_readings (alert_id, disposition, note, read_by, read_at) values (@id, @disposition, @note, @by, @now) on conflict do nothing",
            cancellationToken,
            ("@id", alertId),
            ("@disposition", disposition),
            ("@note", note),
            ("@by", by),
            ("@now", now));
        if (added == 0)
            return ReadingOutcome.ReadBefore;
        await AuditLog.AddAsync(work, now, by, "alert.reviewed", alertId, $"{disposition}", cancellationToken);
        await work.CommitAsync(cancellationToken);
        return ReadingOutcome.Recorded;
    }

    /// <summary>Closed alerts without a second reading that somebody may read, the latest first. Drills have none.</summary>
    public async Task<IReadOnlyList<string>> WaitingAsync(string reader, int most, CancellationToken cancellationToken) =>
        await database.QueryAsync(
            "select a.id from alerts a where a.state = 'Closed' and a.is_drill = false and coalesce(a.closed_by, '') <> @reader "
            + "and not exists (select 1 from second_readings r where r.alert_id = a.id) order by a.closed_at desc, a.id limit @most",
            row => row.GetString(0),
            cancellationToken,
            ("@reader", reader),
            ("@most", most));

    public async Task<SecondReading?> FindAsync(string alertId, CancellationToken cancellationToken)
    {
        var rows = await database.QueryAsync(
            "select disposition, note, read_by, read_at from second_readings where alert_id = @id",
            reader => new SecondReading(reader.Enum<Disposition>(0), reader.TextOrNull(1), reader.GetString(2), reader.Instant(3)),
            cancellationToken,
            ("@id", alertId));
        return rows.FirstOrDefault();
    }
}

/// <summary>A second person's judgement.</summary>
public sealed record SecondReading(Disposition Disposition, string? Note, string ReadBy, DateTimeOffset ReadAt);

/// <summary>What became of a second reading.</summary>
public enum ReadingOutcome
{
    Recorded,
    NoSuchAlert,
    NotClosed,
    IsDrill,

    /// <summary>Who closed it can't be its second reader.</summary>
    SamePerson,

    /// <summary>The first second reading stands.</summary>
    ReadBefore,
}
