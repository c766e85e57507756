using System.Globalization;
using ThreatWatch.Alerting.Notifying.Email;
using ThreatWatch.Core;

namespace ThreatWatch.Alerting.Notifying.Sms;

/// <summary>
/// The words of a text message, in two segments at most: level, school and kind first, since a lock screen shows no more; then what
/// fits, the least important cut first. The link is never cut.
/// </summary>
internal static class SmsText
{
    private const int MostSegments = 2;

    // Shorter than this a cut text says nothing.
    private const int LeastLength = 12;

    private const int LinkRank = 1;
    private const int WhyRank = 4;

    // The rank says how soon it is left out: the highest first, 0 never.
    private sealed record Part(string Text, int Rank, bool MayBeCut = false);

    /// <summary>Writes the text.</summary>
    /// <param name="link">Null where phones can't reach us.</param>
    /// <param name="takesReplies">True where an answer comes back to us.</param>
    /// <param name="postCharacters">How much of the post may stand in it, 0 for nothing.</param>
    public static string Write(OutgoingMessage message, Uri? link, bool takesReplies, int postCharacters)
    {
        var (row, brief) = (message.Notification, message.Brief);
        var alert = brief.Alert;
        var asks = message.AcknowledgeUrl is not null;
        var parts = new List<Part> { new(Head(row, brief), 0, MayBeCut: true) };
        if (row.Reason != NotificationReason.Acknowledged)
            parts.Add(new Part(Headline.Why(row, brief), WhyRank));
        if (postCharacters > 0 && asks && brief.Post is { Text: not null } post)
            parts.Add(new Part($"\"{Cut(Facts.Clean(post.FullText), postCharacters)}\"", 6, MayBeCut: true));
        if (row.Reason != NotificationReason.Acknowledged && brief.PostGoneSinceAt is { } since)
            parts.Add(new Part($"Post gone since {TimeZoneInfo.ConvertTime(since, brief.Zone).ToString("h:mm tt", CultureInfo.InvariantCulture)}.", 5));
        if (asks && takesReplies)
            parts.Add(new Part("Reply 1 to take it.", 3));
        parts.Add(new Part($"#{alert.Id}", 2));
        if (asks && link is not null)
            parts.Add(new Part(link.AbsoluteUri, LinkRank));
        parts = [.. parts.Select(part => part with { Text = GsmAlphabet.Fold(OneLine(part.Text)) })];
        while (GsmAlphabet.Segments(Join(parts)) > MostSegments && Shorten(parts))
        {
            // Until it fits, or nothing is left to leave out.
        }

        return Join(parts);
    }

    private static string Head(Notification row, AlertBrief brief)
    {
        var alert = brief.Alert;
        var what = row.Reason == NotificationReason.Acknowledged
            ? alert.ClosedAt is null ? $"TAKEN {brief.SchoolName}: {brief.HolderName ?? "somebody"} has it" : $"CLOSED {brief.SchoolName}: {brief.HolderName ?? "somebody"} took it"
            : $"{Headline.Level(alert.Level)} {brief.SchoolName}: {Headline.Kind(alert.Category)}";
        // Before everything: nobody must set off for a made-up post.
        return alert.IsDrill ? $"DRILL {what}" : what;
    }

    // Cuts or takes out the least important part that may be; false where there is none.
    private static bool Shorten(List<Part> parts)
    {
        var part = parts.Where(one => one.Rank != LinkRank).MaxBy(one => one.Rank)!;
        var at = parts.IndexOf(part);
        if (part.MayBeCut)
        {
            for (var length = Elements(part.Text) - 1; length >= LeastLength; length--)
            {
                parts[at] = part with { Text = Cut(part.Text, length) };
                if (GsmAlphabet.Segments(Join(parts)) <= MostSegments)
                    return true;
            }
        }

        if (part.Rank == 0)
            return false;
        parts.RemoveAt(at);
        return true;
    }

    // The link stands on a line of its own, so that phones see where it ends.
    private static string Join(List<Part> parts)
    {
        var link = parts.Find(part => part.Rank == LinkRank);
        var why = parts.Find(part => part.Rank == WhyRank);
        var sentence = why is null ? $"{parts[0].Text}." : $"{parts[0].Text}, {why.Text}.";
        var text = string.Join(' ', parts.Skip(1).Where(part => part != link && part != why).Select(part => part.Text).Prepend(sentence));
        return link is null ? text : $"{text}\n{link.Text}";
    }

    private static int Elements(string text) => new StringInfo(text).LengthInTextElements;

    private static string Cut(string text, int length)
    {
        var whole = new StringInfo(text);
        return whole.LengthInTextElements <= length ? text : whole.SubstringByTextElements(0, Math.Max(1, length - 3)).TrimEnd() + "...";
    }

    private static string OneLine(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
