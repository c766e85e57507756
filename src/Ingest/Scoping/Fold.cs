using System.Globalization;
using System.Text;

namespace ThreatWatch.Ingest.Scoping;

/// <summary>
/// Folds letters so that "CÉDAR", "ｃｅｄａｒ" and "сedar" with a Cyrillic first letter are one word: names are matched as people read them,
/// and a look-alike letter must not hide a school. Everything that is no letter or digit is a separator.
/// </summary>
internal static class Fold
{
    /// <summary>Separates words in folded text.</summary>
    public const char Separator = ' ';

    /// <summary>Stands in <see cref="Table"/> for what is passed over: accents, zero-width characters, soft hyphens.</summary>
    public const char Drop = '\0';

    /// <summary>Stands in <see cref="Table"/> for what becomes several letters, and for halves of a surrogate pair: see <see cref="Expand"/>.</summary>
    public const char Several = '\uffff';

    // Letters that Unicode does not decompose, and those of other alphabets that look like a Latin one (after UTS #39).
    private const string From = "øłđħıŧаеорсхуіѕјһԁԛԝвкмнтгοανρυιεκτχɡɩ";
    private const string To = "oldhitaeopcxyisjhdqwbkmhtroavpuiektxgi";

    /// <summary>What each UTF-16 unit becomes: a letter or digit, <see cref="Separator"/>, <see cref="Drop"/> or <see cref="Several"/>.</summary>
    public static char[] Table { get; } = Build();

    /// <summary>A text as folded words with one separator between them, none at the ends.</summary>
    public static string Words(string text)
    {
        var folded = new StringBuilder(text.Length);
        Span<char> several = stackalloc char[MaxExpansion];
        for (var i = 0; i < text.Length; i++)
        {
            var c = Table[text[i]];
            if (c == Several)
            {
                var count = Expand(text, ref i, several);
                foreach (var part in several[..count])
                    Append(folded, part);
            }
            else if (c != Drop)
            {
                Append(folded, c);
            }
        }

        if (folded.Length > 0 && folded[^1] == Separator)
            folded.Length--;
        return folded.ToString();
    }

    /// <summary>The longest that one character becomes.</summary>
    public const int MaxExpansion = 20;

    /// <summary>Expands the character at <paramref name="index"/> and leaves the index at its last unit; returns the number of letters.</summary>
    public static int Expand(ReadOnlySpan<char> text, ref int index, Span<char> into)
    {
        Rune.DecodeFromUtf16(text[index..], out var rune, out var used);
        index += used - 1;
        var count = 0;
        foreach (var c in Decompose(rune.ToString()))
        {
            if (char.IsSurrogate(c))
            {
                into[0] = char.IsHighSurrogate(c) && Rune.IsLetterOrDigit(rune) ? '\u3007' : Separator; // Any letter that no name has.
                return 1;
            }

            if (Table[c] is not (Several or Drop) && count < into.Length)
                into[count++] = Table[c];
        }

        return count;
    }

    private static void Append(StringBuilder folded, char c)
    {
        if (c != Separator || (folded.Length > 0 && folded[^1] != Separator))
            folded.Append(c);
    }

    private static string Decompose(string text) => text.Normalize(NormalizationForm.FormKD).ToLowerInvariant();

    private static char[] Build()
    {
        var table = new char[char.MaxValue + 1];
        for (var i = 0; i < table.Length; i++)
            table[i] = FoldOne((char)i);
        for (var i = 0; i < From.Length; i++)
        {
            table[From[i]] = To[i];
            table[char.ToUpperInvariant(From[i])] = To[i];
        }

        return table;
    }

    private static char FoldOne(char c)
    {
        if (c < 128)
            return char.IsAsciiLetterOrDigit(c) ? char.ToLowerInvariant(c) : Separator;
        if (char.IsSurrogate(c))
            return Several;
        if (IsPassedOver(c))
            return Drop;
        if (c >= '\ufdd0' && !char.IsLetterOrDigit(c))
            return Separator;
        var letters = Decompose(c.ToString()).Where(part => !IsPassedOver(part)).ToArray();
        if (letters.Length > 1 && letters.Any(char.IsLetterOrDigit))
            return Several;
        return letters.Length == 1 && char.IsLetterOrDigit(letters[0]) ? letters[0] : Separator;
    }

    private static bool IsPassedOver(char c) =>
        CharUnicodeInfo.GetUnicodeCategory(c) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format;
}
