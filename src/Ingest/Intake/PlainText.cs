using System.Buffers;
using System.Text;

namespace ThreatWatch.Ingest.Intake;

/// <summary>Brings texts into the one form in which they are stored and compared: NFC, no control characters, of bounded length.</summary>
internal static class PlainText
{
    /// <summary>UTF-16 units of a text; a post of a whole page is cut, with a note at its end.</summary>
    public const int MaxText = 20_000;
    public const int MaxTitle = 500;
    public const int MaxAuthor = 200;
    public const int MaxUrl = 2_000;

    // PostgreSQL refuses NUL, and terminals obey the others; tabs and line feeds stay.
    private static readonly SearchValues<char> Controls = SearchValues.Create(
        [.. Enumerable.Range(0, 32).Concat(Enumerable.Range(127, 33)).Select(i => (char)i).Where(c => c is not ('\t' or '\n'))]);

    public static string Text(string text)
    {
        text = Clean(text);
        if (text.Length <= MaxText)
            return text;
        return $"{Cut(text, MaxText)}\n[cut here: {text.Length} characters in all]";
    }

    /// <summary>One line of at most so many characters; null for nothing.</summary>
    public static string? Line(string? text, int most)
    {
        if (string.IsNullOrWhiteSpace(text))
            return null;
        text = Clean(text).Replace('\n', ' ').Replace('\t', ' ');
        return text.Length <= most ? text : Cut(text, most);
    }

    private static string Clean(string text)
    {
        if (text.AsSpan().ContainsAny(Controls))
        {
            var clean = new StringBuilder(text.Length);
            foreach (var c in text.Replace("\r\n", "\n", StringComparison.Ordinal))
            {
                if (c == '\r')
                    clean.Append('\n');
                else if (!Controls.Contains(c))
                    clean.Append(c);
            }

            text = clean.ToString();
        }

        text = text.Trim();
        if (Ascii.IsValid(text))
            return text;
        try
        {
            return text.Normalize(NormalizationForm.FormC);
        }
        catch (ArgumentException)
        {
            // Half of a surrogate pair: it becomes U+FFFD, which every store takes.
            return new UTF8Encoding().GetString(new UTF8Encoding().GetBytes(text)).Normalize(NormalizationForm.FormC);
        }
    }

    private static string Cut(string text, int most) => text[..(char.IsHighSurrogate(text[most - 1]) ? most - 1 : most)];
}
