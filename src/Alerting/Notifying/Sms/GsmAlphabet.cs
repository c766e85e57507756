using System.Globalization;
using System.Text;

namespace ThreatWatch.Alerting.Notifying.Sms;

/// <summary>
/// The alphabet of text messages, GSM 03.38: in it a message of 160 characters is one segment; one character outside it, and only 70
/// are. Counts segments and brings texts into the alphabet where nothing is lost by it.
/// </summary>
internal static class GsmAlphabet
{
    private const string Basic =
        "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";

    // Each is sent as an escape and a character.
    private const string Extension = "\f^{}\\[~]|€";

    public static bool Holds(string text) => text.All(c => Basic.Contains(c, StringComparison.Ordinal) || Extension.Contains(c, StringComparison.Ordinal));

    /// <summary>Segments that a text is sent and paid in. A pair that belongs together is never cut in two, which may leave a place unused.</summary>
    public static int Segments(string text)
    {
        if (text.Length == 0)
            return 1;
        return Holds(text)
            ? Pack(text.Select(c => Extension.Contains(c, StringComparison.Ordinal) ? 2 : 1), alone: 160, joined: 153)
            : Pack(text.EnumerateRunes().Select(rune => rune.Utf16SequenceLength), alone: 70, joined: 67);
    }

    /// <summary>The text with typographic marks and accents that the alphabet lacks replaced by plain ones; other scripts stay as they are.</summary>
    public static string Fold(string text)
    {
        var folded = new StringBuilder(text.Length);
        foreach (var rune in text.Normalize(NormalizationForm.FormC).EnumerateRunes())
        {
            var one = rune.ToString();
            folded.Append(Holds(one) ? one : Plain(one) is { } plain && Holds(plain) ? plain : one);
        }

        return folded.ToString();
    }

    private static int Pack(IEnumerable<int> widths, int alone, int joined)
    {
        var (total, segments, used) = (0, 1, 0);
        foreach (var width in widths)
        {
            total += width;
            if (used + width > joined)
                (segments, used) = (segments + 1, 0);
            used += width;
        }

        return total <= alone ? 1 : segments;
    }

    private static string? Plain(string one) => one switch
    {
        "\u2018" or "\u2019" or "\u201A" or "\u2032" or "`" or "\u00B4" => "'",
        "\u201C" or "\u201D" or "\u201E" or "\u2033" or "\u00AB" or "\u00BB" => "\"",
        "\u2010" or "\u2011" or "\u2012" or "\u2013" or "\u2014" or "\u2212" => "-",
        "\u2026" => "...",
        "\u00A0" or "\u2009" or "\u202F" or "\t" => " ",
        "\u2022" or "\u00B7" => "*",
        _ => Letter(one),
    };

    private static string? Letter(string one)
    {
        var parts = one.Normalize(NormalizationForm.FormD);
        return parts.Length > 1 && parts.Skip(1).All(c => CharUnicodeInfo.GetUnicodeCategory(c) == UnicodeCategory.NonSpacingMark) ? parts[..1] : null;
    }
}
