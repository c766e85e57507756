using System.Text;
using System.Text.RegularExpressions;
using ThreatWatch.Core;

namespace ThreatWatch.Alerting.Notifying.Sms;

/// <summary>Reads what a person answers to a text message: which alert they take, or what they must be asked. No I/O.</summary>
internal static partial class SmsReply
{
    // Whole answers only: "1 question, is this real?" takes nothing.
    private static readonly HashSet<string> Words = new(StringComparer.OrdinalIgnoreCase)
    {
        "1", "ack", "acknowledge", "acknowledged", "yes", "mine", "have it", "i have it", "got it", "i got it", "on it",
        "tengo", "lo tengo", "la tengo", "si", "sí", "yo", "recibido",
    };

    /// <summary>Decides.</summary>
    /// <param name="told">The alerts that the person was told of and nobody has, the latest first.</param>
    public static SmsAnswer Read(string body, IReadOnlyList<Alert> told)
    {
        var named = Id().Matches(body.ToUpperInvariant()).Select(match => match.Value).ToHashSet();
        if (named.Count > 0)
            return new SmsAnswer(true, [.. told.Where(alert => named.Contains(alert.Id)).Select(alert => alert.Id)]);
        if (!Words.Contains(WordsOf(body)))
            return new SmsAnswer(false, []);
        // With several open, to guess would end the calls for one that nobody looks at.
        return new SmsAnswer(true, told.Count == 1 ? [told[0].Id] : []);
    }

    // Without punctuation and the thumbs that go up.
    private static string WordsOf(string body)
    {
        var letters = string.Concat(body.EnumerateRunes().Select(rune => Rune.IsLetterOrDigit(rune) ? rune.ToString() : " "));
        return string.Join(' ', letters.Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }

    [GeneratedRegex("[0-9A-Z]{4}-[0-9A-Z]{4}")]
    private static partial Regex Id();
}

/// <summary>What an answer means.</summary>
/// <param name="Acknowledges">False where it is about something else.</param>
/// <param name="AlertIds">The alerts that it takes; none where the person must say which.</param>
internal sealed record SmsAnswer(bool Acknowledges, IReadOnlyList<string> AlertIds);
