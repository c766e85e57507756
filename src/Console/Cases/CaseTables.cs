using ThreatWatch.Core;

namespace ThreatWatch.Console.Cases;

/// <summary>The parts of a case on paper that follow the posts: who was told and how far it came, what people made of it, what was given away, who did what.</summary>
internal static class CaseTables
{
    /// <summary>The proof chain: a line for each recipient and channel, in the order in which they were due.</summary>
    public static void Chain(PdfSheet sheet, CaseFile file, CasePdf.Clock clock)
    {
        sheet.Heading("Who was told, and how far each message came");
        if (file.Notifications.Count == 0)
            sheet.Text("Nobody was told.");
        foreach (var row in file.Notifications.OrderBy(row => row.DueAt).ThenBy(row => row.Id, StringComparer.Ordinal))
        {
            sheet.Text($"{clock.Name(row.OfficerId)}, {row.Channel} ({row.Reason}, step {row.Step}): {row.State}", isBold: true, after: 0);
            var chain = new[]
            {
                ("queued", (DateTimeOffset?)row.QueuedAt), ("due", row.DueAt == row.QueuedAt ? null : row.DueAt), ("sending", row.SendingAt),
                ("accepted by the provider", row.SentAt), ("delivered", row.DeliveredAt), ("opened", row.OpenedAt), ("failed", row.State == NotificationState.Failed ? row.FailedAt : null),
                ("acknowledged", file.Alert.AcknowledgedBy == row.OfficerId && row.SentAt is not null ? file.Alert.AcknowledgedAt : null),
            };
            sheet.Text(string.Join("  >  ", chain.Where(hop => hop.Item2 is not null).Select(hop => $"{hop.Item1} {clock.At(hop.Item2!.Value)}")), 8.5, indent: 12, after: 0);
            if (row.ProviderId is not null)
                sheet.Text($"the provider's id: {row.ProviderId}", 8, indent: 12, after: 0, isQuiet: true);
            if (row.Error is not null)
                sheet.Text(row.Error, 8, indent: 12, after: 0, isQuiet: true);
            foreach (var attempt in file.Attempts.Where(attempt => attempt.NotificationId == row.Id && row.Attempt > 1))
                sheet.Text($"attempt {attempt.Attempt} {clock.At(attempt.BeganAt)}: {attempt.Outcome ?? "no answer"}{(attempt.Detail is null ? "" : $", {attempt.Detail}")}", 8, indent: 12, after: 0, isQuiet: true);
            sheet.Text("", 3);
        }
    }

    public static void Outcome(PdfSheet sheet, CaseFile file, CasePdf.Clock clock)
    {
        sheet.Heading("What people made of it");
        var alert = file.Alert;
        if (alert.AcknowledgedAt is { } taken)
            Row(taken, alert.AcknowledgedBy, $"has it, via {alert.AcknowledgedVia}");
        if (alert.ClosedAt is { } closed)
            Row(closed, file.ClosedBy, $"closed{(alert.Disposition is { } disposition ? $" as {disposition}" : "")}{Quoted(file.Note)}");
        if (file.SecondReading is { } reading)
            Row(reading.ReadAt, reading.ReadBy, $"second reader: {reading.Disposition}{Quoted(reading.Note)}");
        if (alert is { AcknowledgedAt: null, ClosedAt: null })
            sheet.Text("Nobody has it yet.");

        void Row(DateTimeOffset at, string? by, string what) => sheet.Row([(clock.At(at), 2), (clock.Name(by), 2.5), (what, 6)]);

        static string Quoted(string? note) => note is null ? "" : $": \"{note}\"";
    }

    public static void Shares(PdfSheet sheet, CaseFile file, CasePdf.Clock clock)
    {
        sheet.Heading("What was given to partners");
        if (file.Shares.Count == 0)
            sheet.Text("Nothing is recorded.");
        foreach (var share in file.Shares)
            sheet.Row([(clock.At(share.SharedAt), 2), (clock.Name(share.SharedBy), 2.5), ($"{string.Join(", ", share.Fields)} to {share.Partner}; ground: {share.Basis}", 6)]);
    }

    public static void Audit(PdfSheet sheet, CaseFile file, CasePdf.Clock clock)
    {
        sheet.Heading("Audit: each view, decision and export");
        foreach (var row in file.Audit)
            sheet.Row([(clock.At(row.At), 2), (clock.Name(row.Actor), 2.5), (row.Action, 2), (row.Detail, 4)]);
    }
}
