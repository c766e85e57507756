namespace ThreatWatch.Classifier.Text;

/// <summary>Joins words written letter by letter ("k i l l", "s.h.o.o.t"): a disguise that hides the word from a reader of words.</summary>
internal static class Spaced
{
    private const int LongestRun = 60;

    public static void Join(PlainText text)
    {
        var singles = 0;
        foreach (ref readonly var token in text.Tokens)
        {
            if (IsSingle(token) && ++singles >= 3)
            {
                Rewrite(text);
                return;
            }
        }
    }

    private static void Rewrite(PlainText text)
    {
        var tokens = text.TokenBuffer;
        int read = 0, write = 0, count = text.Count;
        while (read < count)
        {
            var end = RunEnd(tokens, read, count, out var letters);
            if (letters >= 3 && Emit(text, tokens, read, end, ref write))
            {
                read = end;
                continue;
            }

            // A row that can't be read is passed whole: trying again from each of its letters would cost its length squared.
            do
                tokens[write++] = tokens[read++];
            while (letters >= 3 && read < end);
        }

        text.Count = write;
    }

    /// <summary>The end of a row of single letters with at most one and the same mark between them.</summary>
    private static int RunEnd(Token[] tokens, int from, int count, out int letters)
    {
        letters = 0;
        var end = from;
        while (end < count && letters < LongestRun)
        {
            if (IsSingle(tokens[end]))
                letters++;
            else if (!(tokens[end].Kind == TokenKind.Mark && letters > 0 && end + 1 < count && IsSingle(tokens[end + 1]) && tokens[end].Size == 1))
                break;
            end++;
        }

        while (end > from && tokens[end - 1].Kind == TokenKind.Mark)
            end--;
        return end;
    }

    private static bool Emit(PlainText text, Token[] tokens, int from, int end, ref int write)
    {
        Span<char> letters = stackalloc char[LongestRun];
        Span<int> owner = stackalloc int[LongestRun];
        Span<int> ends = stackalloc int[24];
        var size = 0;
        for (var i = from; i < end; i++)
        {
            if (IsSingle(tokens[i]))
                (letters[size], owner[size++]) = (text.Chars[tokens[i].At], i);
        }

        letters = letters[..size];
        WordList.TryReadLeet(letters);
        int count;
        if (WordList.Contains(letters))
            (ends[0], count) = (size, 1);
        else if (!WordList.TryCut(letters, ends, out count) || size < count * 2.4)
            return false;
        var start = 0;
        for (var i = 0; i < count; i++)
        {
            var word = letters[start..ends[i]];
            ref readonly var first = ref tokens[owner[start]];
            ref readonly var last = ref tokens[owner[ends[i] - 1]];
            var joined = first;
            joined.Length = last.Start + last.Length - first.Start;
            joined.Hash = PlainHash.Of(word);
            joined.Kind = TokenKind.Word;
            joined.Shape = TokenShape.Disguised | TokenShape.Known;
            joined.Size = word.Length;
            // The letters move together in the plain text: their places are the run's own, so there is room.
            word.CopyTo(text.Chars[first.At..]);
            tokens[write++] = joined;
            start = ends[i];
        }

        return true;
    }

    private static bool IsSingle(in Token token) => token.Size == 1 && token.Kind is TokenKind.Word or TokenKind.Number;
}
