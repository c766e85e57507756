namespace ThreatWatch.Classifier.Text;

/// <summary>Common words, and the readings of disguised ones: which word did the writer mean by "sh00t", "sh**t", "shoooot" or "willkill"?</summary>
internal static class WordList
{
    private const int LongestWord = 16;
    private const int Never = int.MaxValue / 2;
    private static readonly (HashMembers Words, string[] Censored) Loaded = Load();

    public static bool Contains(ReadOnlySpan<char> word) => Loaded.Words.Contains(PlainHash.Of(word));

    public static bool Contains(ulong hash) => Loaded.Words.Contains(hash);

    /// <summary>Reads digits and signs as letters; false when no common word comes out. <paramref name="word"/> is changed only on success.</summary>
    public static bool TryReadLeet(Span<char> word)
    {
        Span<char> guess = stackalloc char[LongestWord + 8];
        if (word.Length > guess.Length)
            return false;
        guess = guess[..word.Length];
        for (var variant = 0; variant < 2; variant++)
        {
            for (var i = 0; i < word.Length; i++)
                guess[i] = Letter(word[i], variant);
            if (Contains(guess))
            {
                guess.CopyTo(word);
                return true;
            }
        }

        return false;
    }

    /// <summary>Reads "sh**t", "k*ll", "d#e": the first listed word with the same letters in the same places; a run of stars may stand for one or more letters.</summary>
    public static string? ReadCensored(ReadOnlySpan<char> word)
    {
        foreach (var candidate in Loaded.Censored)
        {
            if (candidate.Length == word.Length && Matches(word, candidate))
                return candidate;
        }

        return null;
    }

    /// <summary>Shortens "shoooot" to "shoot" and "killlll" to "kill"; returns the new length.</summary>
    public static int Shorten(Span<char> word)
    {
        var longest = 1;
        for (int i = 1, run = 1; i < word.Length; i++)
        {
            run = word[i] == word[i - 1] ? run + 1 : 1;
            longest = Math.Max(longest, run);
        }

        if (longest < 3)
            return word.Length;
        Span<char> two = stackalloc char[word.Length];
        var twoSize = Collapse(word, two, 2);
        if (Contains(two[..twoSize]))
        {
            two[..twoSize].CopyTo(word);
            return twoSize;
        }

        return Collapse(word, word, 1);
    }

    /// <summary>Cuts letters written together into common words, fewest first; false when they can't all be read. Ends go to <paramref name="ends"/>.</summary>
    public static bool TryCut(ReadOnlySpan<char> letters, Span<int> ends, out int count)
    {
        count = 0;
        if (letters.Length is 0 or > 64)
            return false;
        Span<int> cost = stackalloc int[letters.Length + 1];
        Span<int> from = stackalloc int[letters.Length + 1];
        cost.Fill(Never);
        cost[0] = 0;
        for (var start = 0; start < letters.Length; start++)
        {
            var hash = PlainHash.Seed;
            for (var end = start + 1; cost[start] < Never && end <= letters.Length && end - start <= LongestWord; end++)
            {
                hash = PlainHash.Add(hash, letters[end - 1]);
                var size = end - start;
                var price = cost[start] + (size == 1 ? 14 : size == 2 ? 11 : 8);
                if (price < cost[end] && (size > 1 || letters[start] is 'i' or 'a' or 'u') && Contains(PlainHash.Finish(hash)))
                    (cost[end], from[end]) = (price, start);
            }
        }

        if (cost[letters.Length] >= Never)
            return false;
        for (var end = letters.Length; end > 0; end = from[end])
            count++;
        if (count > ends.Length)
            return false;
        for (int end = letters.Length, i = count - 1; end > 0; end = from[end], i--)
            ends[i] = end;
        return true;
    }

    private static char Letter(char c, int variant) => c switch
    {
        '0' => 'o',
        '1' => variant == 0 ? 'i' : 'l',
        '!' or '|' => variant == 0 ? 'i' : 'l',
        '3' => 'e',
        '4' or '@' => 'a',
        '5' or '$' => 's',
        '6' or '9' => 'g',
        '7' or '+' => 't',
        '8' => 'b',
        '2' => 'z',
        _ => c,
    };

    private static bool Matches(ReadOnlySpan<char> word, string candidate)
    {
        for (var i = 0; i < word.Length; i++)
        {
            if (char.IsAsciiLetter(word[i]) && word[i] != candidate[i])
                return false;
        }

        return true;
    }

    private static int Collapse(ReadOnlySpan<char> word, Span<char> into, int keep)
    {
        var size = 0;
        for (int i = 0, run = 0; i < word.Length; i++)
        {
            run = i > 0 && word[i] == word[i - 1] ? run + 1 : 1;
            if (run <= keep)
                into[size++] = word[i];
        }

        return size;
    }

    private static (HashMembers Words, string[] Censored) Load()
    {
        var censored = Resources.Lines("censored.txt").ToArray();
        var words = new HashSet<ulong>();
        foreach (var word in Resources.Lines("words.txt").SelectMany(line => line.Split(' ')).Concat(censored).Concat(Elements.Lexicon.Words()))
            words.Add(PlainHash.Of(word));
        return (new HashMembers(words), censored);
    }
}
