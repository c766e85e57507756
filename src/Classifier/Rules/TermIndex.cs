using ThreatWatch.Classifier.Text;

namespace ThreatWatch.Classifier.Rules;

/// <summary>
/// Finds all terms in one pass over a post. Each word is looked up by its hash, so the cost hangs on the length of the post and not on
/// the number of terms: whole phrases by the hash of their words, terms with * by their rarest word or longest run of letters.
/// </summary>
internal sealed class TermIndex
{
    private const int LongestWord = 48;
    private readonly TermPattern[] _patterns;

    // Exact terms: first word -> bits of the lengths of the phrases that it begins; hash of the whole phrase -> its patterns.
    private readonly Dictionary<ulong, ulong> _lengths = [];
    private readonly Dictionary<ulong, int[]> _phrases;

    // Terms with *: the word or run of letters by which they are found -> (pattern, which of its parts that is).
    private readonly Dictionary<ulong, (int Pattern, int Part)[]> _words;
    private readonly Dictionary<ulong, (int Pattern, int Part)[]> _begins;
    private readonly Dictionary<ulong, (int Pattern, int Part)[]> _ends;
    private readonly Dictionary<ulong, (int Pattern, int Part)[]> _within;
    private ulong _beginLengths;
    private ulong _endLengths;
    private ulong _withinLengths;

    public TermIndex(IReadOnlyList<TermPattern> patterns)
    {
        _patterns = [.. patterns];
        var phrases = new Dictionary<ulong, List<int>>();
        Dictionary<ulong, List<(int Pattern, int Part)>> words = [], begins = [], ends = [], within = [];
        var uses = patterns.Where(pattern => !pattern.IsExact).SelectMany(pattern => pattern.Parts).Where(part => part.Glob is null)
            .GroupBy(part => part.Hash).ToDictionary(group => group.Key, group => group.Count());
        for (var id = 0; id < patterns.Count; id++)
        {
            var parts = patterns[id].Parts;
            if (parts.Count == 0)
                continue;
            if (patterns[id].IsExact)
            {
                _lengths[parts[0].Hash] = _lengths.GetValueOrDefault(parts[0].Hash) | (1UL << parts.Count);
                Add(phrases, parts.Skip(1).Aggregate(parts[0].Hash, (hash, part) => PlainHash.Pair(hash, part.Hash)), id);
                continue;
            }

            var exact = Enumerable.Range(0, parts.Count).Where(i => parts[i].Glob is null).OrderBy(i => uses[parts[i].Hash]).ToList();
            if (exact.Count > 0)
            {
                Add(words, parts[exact[0]].Hash, (id, exact[0]));
                continue;
            }

            var part = Enumerable.Range(0, parts.Count).MaxBy(i => parts[i].Anchor().Letters.Length);
            var (letters, atBegin, atEnd) = parts[part].Anchor();
            var bit = 1UL << Math.Min(letters.Length, 63);
            if (atBegin)
                (_, _beginLengths) = (Add(begins, Hash(letters), (id, part)), _beginLengths | bit);
            else if (atEnd)
                (_, _endLengths) = (Add(ends, Hash(letters.Reverse()), (id, part)), _endLengths | bit);
            else
                (_, _withinLengths) = (Add(within, Hash(letters), (id, part)), _withinLengths | bit);
        }

        _phrases = Frozen(phrases);
        (_words, _begins, _ends, _within) = (Frozen(words), Frozen(begins), Frozen(ends), Frozen(within));
    }

    /// <summary>Adds every term that stands in the text to <paramref name="found"/>.</summary>
    public void Find(PlainText text, Words words, List<TermHit> found)
    {
        var all = words.All;
        for (var i = 0; i < all.Length; i++)
        {
            ref readonly var word = ref all[i];
            if (_lengths.TryGetValue(word.Hash, out var lengths))
                FindPhrases(all, i, lengths, found);
            if (_words.Count > 0 && _words.TryGetValue(word.Hash, out var candidates))
                Check(text, all, i, candidates, found);
            if ((_beginLengths | _endLengths | _withinLengths) != 0)
                FindPieces(text, all, i, found);
        }
    }

    private void FindPhrases(ReadOnlySpan<Word> all, int at, ulong lengths, List<TermHit> found)
    {
        var hash = all[at].Hash;
        for (var length = 1; ; length++)
        {
            if ((lengths & (1UL << length)) != 0 && _phrases.TryGetValue(hash, out var ids))
            {
                foreach (var id in ids)
                    found.Add(new TermHit(id, at, at + length - 1));
            }

            if (lengths >> (length + 1) == 0 || at + length >= all.Length)
                return;
            hash = PlainHash.Pair(hash, all[at + length].Hash);
        }
    }

    private void FindPieces(PlainText text, ReadOnlySpan<Word> all, int at, List<TermHit> found)
    {
        var letters = text.Chars.Slice(all[at].At, Math.Min(all[at].Size, LongestWord));
        if (_beginLengths != 0)
            FindRuns(text, all, at, letters, 0, _beginLengths, _begins, found);
        for (var from = 0; _withinLengths != 0 && from < letters.Length; from++)
            FindRuns(text, all, at, letters, from, _withinLengths, _within, found);
        if (_endLengths == 0)
            return;
        Span<char> reversed = stackalloc char[letters.Length];
        letters.CopyTo(reversed);
        reversed.Reverse();
        FindRuns(text, all, at, reversed, 0, _endLengths, _ends, found);
    }

    private void FindRuns(
        PlainText text, ReadOnlySpan<Word> all, int at, ReadOnlySpan<char> letters, int from, ulong lengths,
        Dictionary<ulong, (int Pattern, int Part)[]> index, List<TermHit> found)
    {
        var hash = PlainHash.Seed;
        for (var length = 1; from + length <= letters.Length && lengths >> length != 0; length++)
        {
            hash = PlainHash.Add(hash, letters[from + length - 1]);
            if ((lengths & (1UL << length)) != 0 && index.TryGetValue(PlainHash.Finish(hash), out var candidates))
                Check(text, all, at, candidates, found);
        }
    }

    private void Check(PlainText text, ReadOnlySpan<Word> all, int at, (int Pattern, int Part)[] candidates, List<TermHit> found)
    {
        foreach (var (id, part) in candidates)
        {
            var parts = _patterns[id].Parts;
            var first = at - part;
            if (first < 0 || first + parts.Count > all.Length)
                continue;
            var fits = true;
            for (var k = 0; k < parts.Count && fits; k++)
                fits = parts[k].Matches(all[first + k], text.Chars.Slice(all[first + k].At, all[first + k].Size));
            var hit = new TermHit(id, first, first + parts.Count - 1);
            // A run of letters may stand twice in one word ("bangbang").
            if (fits && (found.Count == 0 || found[^1] != hit))
                found.Add(hit);
        }
    }

    private static ulong Hash(IEnumerable<char> letters) => PlainHash.Of(letters.ToArray());

    private static bool Add<T>(Dictionary<ulong, List<T>> map, ulong key, T value)
    {
        if (!map.TryGetValue(key, out var list))
            map[key] = list = [];
        list.Add(value);
        return true;
    }

    private static Dictionary<ulong, T[]> Frozen<T>(Dictionary<ulong, List<T>> map) => map.ToDictionary(pair => pair.Key, pair => pair.Value.ToArray());
}

/// <summary>A term found: which, and its first and last word in the post.</summary>
internal readonly record struct TermHit(int Pattern, int First, int Last);
