using System.Globalization;
using System.Text;

namespace ThreatWatch.Classifier.Text;

/// <summary>
/// Folds one character to what a reader sees: NFKC, then the UTS #39 skeleton (look-alike letters of other scripts to Latin, marks
/// removed), lower case; characters that nobody sees are dropped. Look-ups are cached, since NFKC a character is slow.
/// </summary>
internal static class Folding
{
    /// <summary>Stands in the plain text for an emoji; the tokenizer reads which one from the original.</summary>
    public const char EmojiMark = '\uE000';

    private const ushort Unknown = 0xFFFF;
    private const ushort Longer = 0xFFFE;
    private static readonly Dictionary<int, string> LookAlikes = ReadLookAlikes();
    private static readonly ushort[] Table = CreateTable();

    /// <summary>The folded form of a character of the basic plane: one character, or "" to drop it, or up to four characters.</summary>
    public static bool TryFoldToOne(char c, out char folded)
    {
        var known = Table[c];
        if (known == Unknown)
        {
            var full = Fold(new Rune(c));
            known = Table[c] = full.Length == 0 ? (ushort)0 : full.Length == 1 ? full[0] : Longer;
        }

        folded = (char)known;
        return known != Longer;
    }

    public static string Fold(Rune rune)
    {
        if (LookAlikes.TryGetValue(rune.Value, out var alike))
            return alike;
        if (IsInvisible(rune))
            return "";
        if (IsEmoji(rune))
            return EmojiMark.ToString();
        var text = new StringBuilder();
        foreach (var part in rune.ToString().Normalize(NormalizationForm.FormKD).EnumerateRunes())
        {
            if (Rune.GetUnicodeCategory(part) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark)
                continue;
            var lower = Rune.ToLowerInvariant(part);
            text.Append(LookAlikes.TryGetValue(lower.Value, out alike) ? alike : lower.ToString());
        }

        return text.Length <= 8 ? text.ToString() : text.ToString(0, 8);
    }

    private static bool IsInvisible(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.Format or UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark
        || rune.Value is 0x3164 or 0x115F or 0x1160 or 0xFFA0 or (>= 0xFE00 and <= 0xFE0F) or (>= 0x1F3FB and <= 0x1F3FF) or (>= 0xE0000 and <= 0xE0FFF)
        || (Rune.IsControl(rune) && rune.Value is not ('\n' or '\r' or '\t'));

    private static bool IsEmoji(Rune rune) =>
        rune.Value is (>= 0x1F000 and <= 0x1FAFF and not (>= 0x1F100 and <= 0x1F1AD)) or (>= 0x2600 and <= 0x27BF) or 0x2B50 or 0x2B55
            or (>= 0x2300 and <= 0x23FF) or (>= 0xE000 and <= 0xF8FF) or (>= 0x1F1E6 and <= 0x1F1FF);

    private static ushort[] CreateTable()
    {
        var table = new ushort[char.MaxValue + 1];
        Array.Fill(table, Unknown);
        for (var c = '\0'; c < 128; c++)
            table[c] = char.IsControl(c) && c is not ('\n' or '\r' or '\t') ? (ushort)0 : char.ToLowerInvariant(c);
        for (var c = 0xD800; c <= 0xDFFF; c++)
            table[c] = 0;
        return table;
    }

    private static Dictionary<int, string> ReadLookAlikes()
    {
        var alikes = new Dictionary<int, string>();
        foreach (var line in Resources.Lines("look-alikes.txt"))
        {
            var parts = line.Split(' ', 2);
            foreach (var rune in parts[1].EnumerateRunes())
            {
                if (!Rune.IsWhiteSpace(rune))
                    alikes[rune.Value] = parts[0];
            }
        }

        return alikes;
    }
}
