using ThreatWatch.Classifier.Text;

namespace ThreatWatch.Classifier.Rules;

/// <summary>A term made ready for matching: a row of parts, one for each word, each a known hash or a pattern with *.</summary>
internal sealed record TermPattern(IReadOnlyList<TermPart> Parts)
{
    public bool IsExact => Parts.All(part => part.Glob is null);

    /// <summary>Reads a term the same way as posts are read, so that "Don't", "dont" and "d0nt" are one.</summary>
    public static TermPattern Parse(string term, bool wholeWord)
    {
        var parts = new List<TermPart>();
        var plain = new List<string>();
        foreach (var piece in term.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            if (!piece.Contains('*', StringComparison.Ordinal))
            {
                plain.Add(piece);
                continue;
            }

            AddExact(parts, plain);
            parts.Add(new TermPart(0, string.Join('*', piece.Split('*').Select(Fold))));
        }

        AddExact(parts, plain);
        if (!wholeWord && parts.Count > 0)
        {
            parts[0] = parts[0] with { Glob = "*" + (parts[0].Glob ?? parts[0].Plain) };
            parts[^1] = parts[^1] with { Glob = (parts[^1].Glob ?? parts[^1].Plain) + "*" };
        }

        return new TermPattern(parts.ConvertAll(part => part.Glob is null ? part : part with { Glob = Squeeze(part.Glob) }));
    }

    private static void AddExact(List<TermPart> parts, List<string> plain)
    {
        if (plain.Count == 0)
            return;
        var text = new PlainText();
        var words = new Words();
        text.Read(string.Join(' ', plain));
        words.Read(text);
        foreach (var word in words.All)
            parts.Add(new TermPart(word.Hash, null, new string(text.Chars.Slice(word.At, word.Size))));
        plain.Clear();
    }

    /// <summary>Letters as the plain text has them; a piece of a word is no word, so it is folded but not respelt.</summary>
    private static string Fold(string piece)
    {
        var text = new PlainText();
        text.Read(piece);
        return new string([.. text.Chars.ToArray().Where(char.IsLetterOrDigit)]);
    }

    private static string Squeeze(string glob)
    {
        while (glob.Contains("**", StringComparison.Ordinal))
            glob = glob.Replace("**", "*", StringComparison.Ordinal);
        return glob;
    }
}

/// <summary>One word of a term.</summary>
/// <param name="Hash">Of the whole word; 0 where <paramref name="Glob"/> stands.</param>
/// <param name="Glob">Letters with * for any letters, or null.</param>
/// <param name="Plain">The word's letters where it has no *.</param>
internal sealed record TermPart(ulong Hash, string? Glob, string Plain = "")
{
    public bool Matches(in Word word, ReadOnlySpan<char> letters) => Glob is null ? word.Hash == Hash : Matches(Glob, letters);

    /// <summary>The longest run of letters between stars, and whether it begins or ends the word.</summary>
    public (string Letters, bool Begins, bool Ends) Anchor()
    {
        var pieces = (Glob ?? Plain).Split('*');
        var best = 0;
        for (var i = 1; i < pieces.Length; i++)
        {
            if (pieces[i].Length > pieces[best].Length)
                best = i;
        }

        return (pieces[best], best == 0, best == pieces.Length - 1);
    }

    private static bool Matches(ReadOnlySpan<char> glob, ReadOnlySpan<char> word)
    {
        int g = 0, w = 0, star = -1, resume = 0;
        while (w < word.Length)
        {
            if (g < glob.Length && glob[g] == '*')
            {
                star = g++;
                resume = w;
            }
            else if (g < glob.Length && glob[g] == word[w])
                (g, w) = (g + 1, w + 1);
            else if (star >= 0)
                (g, w) = (star + 1, ++resume);
            else
                return false;
        }

        while (g < glob.Length && glob[g] == '*')
            g++;
        return g == glob.Length;
    }
}
