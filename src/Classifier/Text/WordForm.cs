namespace ThreatWatch.Classifier.Text;

/// <summary>The form under which a word is known: apostrophes and drawn-out letters removed; and how it was written.</summary>
internal static class WordForm
{
    /// <summary>Rewrites the word at [at, end) in place and returns its new end.</summary>
    public static int Plain(Span<char> chars, int at, int end)
    {
        var word = chars[at..end];
        var apostrophe = word.IndexOf('\'');
        if (apostrophe >= 0 && !IsOtherWordWithout(word))
        {
            var size = 0;
            foreach (var c in word)
            {
                if (c != '\'')
                    word[size++] = c;
            }

            end = at + size;
        }

        var run = 1;
        for (var i = at + 1; i < end; i++)
        {
            run = chars[i] == chars[i - 1] ? run + 1 : 1;
            if (run == 3)
                return at + WordList.Shorten(chars[at..end]);
        }

        return end;
    }

    public static TokenShape ShapeOf(PlainText text, in Token token)
    {
        var shape = WordList.Contains(token.Hash) ? TokenShape.Known : TokenShape.None;
        var original = text.Original;
        if (char.IsUpper(original[token.Start]))
        {
            shape |= TokenShape.Capital;
            if (token.Length > 1 && char.IsUpper(original[token.Start + token.Length - 1]))
                shape |= TokenShape.Upper;
        }

        return shape;
    }

    /// <summary>"we'll" without its apostrophe is "well": such words keep it.</summary>
    private static bool IsOtherWordWithout(ReadOnlySpan<char> word) => word is "we'll" or "he'll" or "she'll" or "we're" or "i'd" or "we'd" or "she'd" or "he'd";
}
