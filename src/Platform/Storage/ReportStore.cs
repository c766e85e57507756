using ThreatWatch.Core;

namespace ThreatWatch.Platform.Storage;

/// <summary>Reads what a report counts, a row an alert. Drills are left out here, so that no report can count them by mistake.</summary>
public sealed class ReportStore(Database database)
{
    /// <summary>Alerts that were opened in a stretch of time, oldest first.</summary>
    public async Task<IReadOnlyList<ReportRow>> RowsAsync(DateTimeOffset from, DateTimeOffset until, CancellationToken cancellationToken) =>
        await database.QueryAsync(
            "select a.id, a.school_id, a.category, a.level, p.ingested_at, a.opened_at, "
            + "(select min(n.sent_at) from notifications n where n.alert_id = a.id and n.reason <> 'Acknowledged'), a.acknowledged_at, a.disposition, r.disposition "
            + "from alerts a left join posts p on p.id = a.first_post_id left join second_readings r on r.alert_id = a.id "
            + "where a.is_drill = false and a.opened_at >= @from and a.opened_at < @until order by a.opened_at, a.id",
            reader => new ReportRow(
                reader.GetString(0),
                reader.GetString(1),
                reader.Enum<Category>(2),
                reader.Enum<RiskLevel>(3),
                reader.InstantOrNull(4),
                reader.Instant(5),
                reader.InstantOrNull(6),
                reader.InstantOrNull(7),
                reader.IsDBNull(8) ? null : reader.Enum<Disposition>(8),
                reader.IsDBNull(9) ? null : reader.Enum<Disposition>(9)),
            cancellationToken,
            ("@from", from),
            ("@until", until));

    /// <summary>Messages about alerts that were opened in a stretch of time, as far as a provider was called.</summary>
    public async Task<IReadOnlyList<MessageRow>> MessagesAsync(DateTimeOffset from, DateTimeOffset until, CancellationToken cancellationToken) =>
        await database.QueryAsync(
            "select n.alert_id, n.channel, n.state, t.began_at, n.sent_at, n.delivered_at, n.opened_at from notifications n join alerts a on a.id = n.alert_id "
            + "join notification_attempts t on t.notification_id = n.id and t.attempt = 1 "
            + "where a.is_drill = false and a.opened_at >= @from and a.opened_at < @until order by n.queued_at, n.id",
            reader => new MessageRow(
                reader.GetString(0), reader.Enum<Channel>(1), reader.Enum<NotificationState>(2), reader.Instant(3), reader.InstantOrNull(4), reader.InstantOrNull(5), reader.InstantOrNull(6)),
            cancellationToken,
            ("@from", from),
            ("@until", until));
}

/// <summary>One message as a report counts it.</summary>
/// <param name="BeganAt">When a provider was first called for it.</param>
public sealed record MessageRow(
    string AlertId, Channel Channel, NotificationState State, DateTimeOffset BeganAt, DateTimeOffset? AcceptedAt, DateTimeOffset? DeliveredAt, DateTimeOffset? OpenedAt);

/// <summary>One alert as a report counts it.</summary>
/// <param name="StoredAt">When the post that opened it was stored.</param>
/// <param name="AcceptedAt">When a provider accepted the first message of it.</param>
/// <param name="SecondDisposition">The second reader's.</param>
public sealed record ReportRow(
    string AlertId,
    string SchoolId,
    Category Category,
    RiskLevel Level,
    DateTimeOffset? StoredAt,
    DateTimeOffset OpenedAt,
    DateTimeOffset? AcceptedAt,
    DateTimeOffset? AcknowledgedAt,
    Disposition? Disposition,
    Disposition? SecondDisposition);
