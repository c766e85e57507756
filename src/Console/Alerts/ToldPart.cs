using System.Globalization;
using System.Text;
using ThreatWatch.Console.Page;
using ThreatWatch.Core;

namespace ThreatWatch.Console.Alerts;

/// <summary>Who was told, by what, and how far each message came.</summary>
internal static class ToldPart
{
    public static void Write(StringBuilder body, Alert alert, IEnumerable<Notification> rows, District district)
    {
        body.Append("<h2>Who was told</h2><table><tr><th>who</th><th>by</th><th>how far it came</th></tr>");
        foreach (var row in rows.OrderBy(row => row.DueAt))
        {
            body.Append(CultureInfo.InvariantCulture, $"<tr><td>{Layout.Encode(AlertListPage.Name(row.OfficerId, district))}</td>")
                .Append(CultureInfo.InvariantCulture, $"<td>{row.Channel}<br><span class=\"quiet\">{Why(row)}</span></td><td>")
                .AppendJoin("<br>", Chain(row, alert).Where(hop => hop.At is not null).Select(hop => $"{hop.What} {Layout.Clock(hop.At!.Value, district)}"))
                .Append(CultureInfo.InvariantCulture, $"{(row.Error is null ? "" : $"<br><span class=\"quiet\">{Layout.Encode(row.Error)}</span>")}</td></tr>");
        }

        body.Append("</table>");
    }

    private static IEnumerable<(string What, DateTimeOffset? At)> Chain(Notification row, Alert alert) =>
    [
        (row.State == NotificationState.Pending ? "due" : "queued", row.State == NotificationState.Pending ? row.DueAt : row.QueuedAt),
        ("sending", row.SentAt is null ? row.SendingAt : null),
        ("accepted", row.SentAt),
        ("delivered", row.DeliveredAt),
        ("opened", row.OpenedAt),
        ("acknowledged", row.SentAt is not null && alert.AcknowledgedBy == row.OfficerId && row.SentAt <= alert.AcknowledgedAt ? alert.AcknowledgedAt : null),
        ("<strong>failed</strong>", row.State == NotificationState.Failed ? row.FailedAt ?? row.SendingAt ?? row.DueAt : null),
        ("cancelled, was due", row.State == NotificationState.Cancelled ? row.DueAt : null),
    ];

    private static string Why(Notification row) => row.Reason switch
    {
        NotificationReason.First => "first",
        NotificationReason.NewEvidence => "new evidence",
        NotificationReason.Repeat => "again",
        NotificationReason.Escalation => "nobody had it",
        NotificationReason.Drill => "drill",
        _ => "who has it",
    };
}
