using System.Globalization;
using ThreatWatch.Core;

namespace ThreatWatch.Alerting.Notifying;

/// <summary>The one line that every channel begins with, made to be read on a lock screen. No word of the post stands in it.</summary>
public static class Headline
{
    private static readonly string[] ElementNames = ["intent", "means", "target", "time", "place"];

    /// <summary>Such as "HIGH threat - Cedar Ridge High School: names intent, target, time [K7Q2-M9DX]".</summary>
    public static string For(OutgoingMessage message)
    {
        var (row, brief) = (message.Notification, message.Brief);
        var alert = brief.Alert;
        var what = row.Reason == NotificationReason.Acknowledged
            ? alert.ClosedAt is null ? $"TAKEN - {brief.SchoolName}: {brief.HolderName ?? "somebody"} has it" : $"CLOSED - {brief.SchoolName}: {brief.HolderName ?? "somebody"} took it"
            : $"{Level(alert.Level)} {Kind(alert.Category)} - {brief.SchoolName}: {Why(row, brief)}";
        return $"{(alert.IsDrill ? "DRILL - " : "")}{OneLine(what)} [{alert.Id}]";
    }

    public static string Level(RiskLevel level) => level.ToString().ToUpperInvariant();

    public static string Kind(Category category) => category == Category.SelfHarm ? "self-harm risk" : "threat";

    /// <summary>The parts of a threat that were found, such as "intent, target, time"; empty where there are none. Only their names: no word of the post.</summary>
    public static string Elements(AlertBrief brief)
    {
        var reasons = (brief.Assessment?.Reasons ?? []).Where(reason => reason.Kind == ReasonKind.Element).ToList();
        return string.Join(", ", ElementNames.Where(name => reasons.Exists(reason => reason.Text.StartsWith(name, StringComparison.OrdinalIgnoreCase))));
    }

    /// <summary>An instant where the district is, such as "Tue 24 Nov 2026, 7:40 AM".</summary>
    public static string At(DateTimeOffset at, TimeZoneInfo zone) =>
        TimeZoneInfo.ConvertTime(at, zone).ToString("ddd d MMM yyyy, h:mm tt", CultureInfo.InvariantCulture);

    /// <summary>"3 posts by 2 authors in 1 source".</summary>
    public static string Counts(Alert alert) =>
        $"{Count(alert.PostCount, "post")} by {Count(Math.Max(alert.AuthorCount, 1), "author")} in {Count(Math.Max(alert.SourceCount, 1), "source")}";

    /// <summary>Why this message comes, such as "names intent, target" or "nobody has it yet - ...".</summary>
    internal static string Why(Notification row, AlertBrief brief)
    {
        var elements = Elements(brief);
        var found = elements.Length > 0 ? $"names {elements}" : "one post";
        return row.Reason switch
        {
            NotificationReason.NewEvidence => $"new evidence, {Counts(brief.Alert)}",
            NotificationReason.Repeat => $"again, {Counts(brief.Alert)}",
            NotificationReason.Escalation => $"nobody has it yet - {(elements.Length > 0 ? found : Counts(brief.Alert))}",
            _ => brief.Alert.PostCount > 1 ? $"{(elements.Length > 0 ? $"{found}, " : "")}{Counts(brief.Alert)}" : found,
        };
    }

    private static string Count(int number, string noun) => string.Create(CultureInfo.InvariantCulture, $"{number:N0} {noun}{(number == 1 ? "" : "s")}");

    private static string OneLine(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
