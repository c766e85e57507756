namespace ThreatWatch.Ingest.Scoping;

/// <summary>
/// Finds all of any number of phrases in one pass over a text (Aho and Corasick, "Efficient string matching", CACM 18:6, 1975), whole
/// words only. The text is folded on the way and nothing is copied, so that a whole network's posts can be run through it.
/// </summary>
internal sealed class PhraseAutomaton
{
    /// <summary>Begins a phrase that counts only after @, # or /: a handle, a hashtag, the end of a profile's address.</summary>
    public const char Mark = '#';

    private const int Other = 0;
    private const int Separator = 1;
    private const int MarkSymbol = 2;
    private const int FirstLetter = 3;
    private const ushort Drop = ushort.MaxValue;
    private const ushort Several = ushort.MaxValue - 1;
    private const ushort Marked = ushort.MaxValue - 2;

    private readonly ushort[] _symbols = new ushort[char.MaxValue + 1];
    private readonly Dictionary<char, ushort> _letters = [];
    private readonly int _width;
    private readonly int[] _next;
    private readonly int[][] _found;
    private readonly int[] _words;

    /// <param name="phrases">Folded words with one space between them; those that need it begin with <see cref="Mark"/>.</param>
    public PhraseAutomaton(IReadOnlyList<string> phrases)
    {
        foreach (var letter in phrases.SelectMany(phrase => phrase).Where(c => c is not (Fold.Separator or Mark)).Distinct())
            _letters[letter] = (ushort)(FirstLetter + _letters.Count);
        for (var i = 0; i < _symbols.Length; i++)
            _symbols[i] = i is '@' or '#' or '/' ? Marked : SymbolOf(Fold.Table[i]);
        _width = FirstLetter + _letters.Count;
        _words = [.. phrases.Select(phrase => 1 + phrase.Count(c => c == Fold.Separator))];

        var rows = new List<int[]> { NewRow() };
        var found = new List<List<int>> { new() };
        for (var id = 0; id < phrases.Count; id++)
        {
            var state = 0;
            foreach (var symbol in SymbolsOf(phrases[id]))
            {
                if (rows[state][symbol] < 0)
                {
                    rows[state][symbol] = rows.Count;
                    rows.Add(NewRow());
                    found.Add([]);
                }

                state = rows[state][symbol];
            }

            found[state].Add(id);
        }

        Complete(rows, found);
        _next = [.. rows.SelectMany(row => row)];
        _found = [.. found.Select(list => list.ToArray())];
    }

    /// <summary>Adds what stands in the text; <paramref name="word"/> counts words on, so that parts of a post can follow one another.</summary>
    public void Find(ReadOnlySpan<char> text, List<Hit> hits, ref int word)
    {
        var symbols = _symbols;
        var next = _next;
        var state = next[Separator];
        var separated = true;
        Span<char> several = stackalloc char[Fold.MaxExpansion];
        for (var i = 0; i < text.Length; i++)
        {
            int symbol = symbols[text[i]];
            if (symbol >= Marked)
            {
                if (symbol == Marked)
                {
                    End(ref state, ref separated, hits, ref word);
                    state = next[(state * _width) + MarkSymbol];
                }
                else if (symbol == Several)
                {
                    var count = Fold.Expand(text, ref i, several);
                    foreach (var part in several[..count])
                    {
                        if (part == Fold.Separator)
                        {
                            End(ref state, ref separated, hits, ref word);
                            continue;
                        }

                        separated = false;
                        state = next[(state * _width) + SymbolOf(part)];
                    }
                }

                continue;
            }

            if (symbol == Separator)
            {
                End(ref state, ref separated, hits, ref word);
                continue;
            }

            separated = false;
            state = next[(state * _width) + symbol];
        }

        End(ref state, ref separated, hits, ref word);
    }

    // Phrases end with a separator, so that only here anything can be found.
    private void End(ref int state, ref bool separated, List<Hit> hits, ref int word)
    {
        if (separated)
            return;
        separated = true;
        state = _next[(state * _width) + Separator];
        foreach (var id in _found[state])
            hits.Add(new Hit(id, word - _words[id] + 1, word));
        word++;
    }

    private void Complete(List<int[]> rows, List<List<int>> found)
    {
        var root = rows[0];
        var fail = new int[rows.Count];
        var queue = new Queue<int>();
        for (var symbol = 0; symbol < _width; symbol++)
        {
            if (root[symbol] < 0)
                root[symbol] = 0;
            else
                queue.Enqueue(root[symbol]);
        }

        // A mark separates too: "#Cedar Ridge" names it like " Cedar Ridge".
        if (root[MarkSymbol] != 0)
            fail[root[MarkSymbol]] = root[Separator];
        else
            root[MarkSymbol] = root[Separator];

        // The state after a separator must be complete before the one after a mark copies from it.
        var order = new List<int>(queue.OrderBy(state => state == root[MarkSymbol]));
        queue = new Queue<int>(order);
        while (queue.TryDequeue(out var state))
        {
            found[state].AddRange(found[fail[state]]);
            for (var symbol = 0; symbol < _width; symbol++)
            {
                var child = rows[state][symbol];
                var fallback = rows[fail[state]][symbol];
                if (child < 0)
                {
                    rows[state][symbol] = fallback;
                    continue;
                }

                fail[child] = fallback;
                queue.Enqueue(child);
            }
        }
    }

    private int[] NewRow()
    {
        var row = new int[_width];
        Array.Fill(row, -1);
        return row;
    }

    private IEnumerable<int> SymbolsOf(string phrase)
    {
        if (phrase[0] == Mark)
            yield return MarkSymbol;
        else
            yield return Separator;
        foreach (var c in phrase.TrimStart(Mark))
            yield return c == Fold.Separator ? Separator : _letters[c];
        yield return Separator;
    }

    private ushort SymbolOf(char folded) => folded switch
    {
        Fold.Separator => Separator,
        Fold.Drop => Drop,
        Fold.Several => Several,
        _ => _letters.GetValueOrDefault(folded, (ushort)Other),
    };
}

/// <summary>A phrase that was found.</summary>
/// <param name="Phrase">Its index.</param>
/// <param name="First">Number of its first word in the post.</param>
/// <param name="Last">Number of its last word.</param>
internal readonly record struct Hit(int Phrase, int First, int Last);
