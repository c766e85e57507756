using System.Runtime.InteropServices;

namespace ThreatWatch.Ingest.Families;

/// <summary>
/// Gives near-duplicates one family. It remembers the wordings of recent posts and is made anew from the stored texts at the start, so
/// that nothing of a retracted post outlives it. Not safe for concurrent use: the intake takes turns.
/// </summary>
/// <param name="capacity">The most wordings in each of its two generations; with a full one the older is dropped. One takes about 1 kB.</param>
internal sealed class FamilyIndex(int capacity)
{
    // Places that must agree before texts are compared, and how many texts are compared at most.
    private const int FewestPlaces = 2;
    private const int MostLooks = 512;
    private const int MostCompared = 12;

    // Places fit into these bits.
    private const int PlacesBits = 5;
    private const uint PlacesMask = (1 << PlacesBits) - 1;

    private Generation _young = new();
    private Generation _old = new();

    public int Count => _young.Entries.Count + _old.Entries.Count;

    /// <summary>The family of a text, which is remembered; <paramref name="postId"/> where it is the first of its kind.</summary>
    /// <param name="schools">Ids of the schools it is in scope for: the same words about another school are another threat.</param>
    public string Assign(string postId, string text, IReadOnlyList<string> schools)
    {
        var (family, wording, sketch) = Find(text, schools);
        if (family is null)
            Remember(postId, postId, wording, sketch, schools);
        return family ?? postId;
    }

    /// <summary>Takes over a post whose family is known, such as a stored one.</summary>
    public void Learn(string postId, string family, string text, IReadOnlyList<string> schools)
    {
        var (known, wording, sketch) = Find(text, schools);
        if (known != family)
            Remember(postId, family, wording, sketch, schools);
    }

    /// <summary>Forgets the wording of a post that was taken back.</summary>
    public void Forget(string postId)
    {
        _young.Forget(postId);
        _old.Forget(postId);
    }

    private (string? Family, Wording Wording, ulong[] Sketch) Find(string text, IReadOnlyList<string> schools)
    {
        var (wording, words) = Wording.Of(text);
        var sketch = Sketch.Of(words);
        var family = _young.Find(wording, sketch, schools) ?? _old.Find(wording, sketch, schools);
        return (family, wording, sketch);
    }

    private void Remember(string postId, string family, Wording wording, ulong[] sketch, IReadOnlyList<string> schools)
    {
        if (wording.Count == 0)
            return;
        if (_young.Entries.Count >= capacity)
            (_old, _young) = (_young, new Generation());
        _young.Add(new Entry(postId, family, wording, schools), sketch);
    }

    private sealed record Entry(string PostId, string Family, Wording Wording, IReadOnlyList<string> Schools)
    {
        public bool Gone { get; set; }
    }

    private sealed class Generation
    {
        private readonly Dictionary<ulong, int> _heads = [];
        private readonly List<int> _next = [];
        private readonly Dictionary<ulong, int> _exact = [];
        private readonly Dictionary<string, int> _byPost = [];

        // For each entry, how many places agree in the search that is numbered in the upper bits: nothing is cleared between two searches.
        private uint[] _agreeing = new uint[1024];
        private uint _search;

        public List<Entry> Entries { get; } = [];

        public void Add(Entry entry, ulong[] sketch)
        {
            var index = Entries.Count;
            Entries.Add(entry);
            if (index == _agreeing.Length)
                Array.Resize(ref _agreeing, index * 2);
            _byPost[entry.PostId] = index;
            _exact[entry.Wording.Exact] = index;
            for (var place = 0; place < Sketch.Places; place++)
            {
                ref var head = ref CollectionsMarshal.GetValueRefOrAddDefault(_heads, Key(sketch, place), out var isKnown);
                _next.Add(isKnown ? head : -1);
                head = index;
            }
        }

        public void Forget(string postId)
        {
            if (_byPost.Remove(postId, out var index))
                Entries[index] = Entries[index] with { Wording = Wording.Nothing, Gone = true };
        }

        public string? Find(Wording wording, ulong[] sketch, IReadOnlyList<string> schools)
        {
            if (_exact.TryGetValue(wording.Exact, out var same) && Fits(Entries[same], wording, schools))
                return Entries[same].Family;
            // The best so far, best first: agreeing places above, the entry's number below, so that of equals the newest comes first.
            Span<ulong> best = stackalloc ulong[MostCompared];
            var count = 0;
            Span<int> met = stackalloc int[MostLooks];
            foreach (var index in met[..Meet(sketch, met)])
            {
                var places = _agreeing[index] & PlacesMask;
                if (places >= FewestPlaces)
                    count = Keep(best, count, ((ulong)places << 32) | (uint)index);
            }

            foreach (var candidate in best[..count])
            {
                var entry = Entries[(int)(uint)candidate];
                if (Fits(entry, wording, schools))
                    return entry.Family;
            }

            return null;
        }

        // Newest first; the rest of a long chain are texts that share only what everybody says.
        private int Meet(ulong[] sketch, Span<int> met)
        {
            if (++_search > uint.MaxValue >> PlacesBits)
            {
                Array.Clear(_agreeing);
                _search = 1;
            }

            var count = 0;
            var next = CollectionsMarshal.AsSpan(_next);
            for (var place = 0; place < Sketch.Places; place++)
            {
                if (!_heads.TryGetValue(Key(sketch, place), out var i))
                    continue;
                for (var here = 0; i >= 0 && here < MostLooks / Sketch.Places; here++, i = next[(i * Sketch.Places) + place])
                {
                    ref var agreeing = ref _agreeing[i];
                    if (agreeing >> PlacesBits == _search)
                    {
                        agreeing++;
                        continue;
                    }

                    agreeing = (_search << PlacesBits) | 1;
                    met[count++] = i;
                }
            }

            return count;
        }

        private static int Keep(Span<ulong> best, int count, ulong candidate)
        {
            if (count == best.Length && candidate <= best[count - 1])
                return count;
            var at = count < best.Length ? count : count - 1;
            for (; at > 0 && best[at - 1] < candidate; at--)
                best[at] = best[at - 1];
            best[at] = candidate;
            return count < best.Length ? count + 1 : count;
        }

        private static bool Fits(Entry entry, Wording wording, IReadOnlyList<string> schools) =>
            !entry.Gone && Share(entry.Schools, schools) && SameWording.Decide(entry.Wording, wording);

        private static bool Share(IReadOnlyList<string> a, IReadOnlyList<string> b)
        {
            for (var i = 0; i < a.Count; i++)
            {
                for (var j = 0; j < b.Count; j++)
                {
                    if (a[i] == b[j])
                        return true;
                }
            }

            return false;
        }

        private static ulong Key(ulong[] sketch, int place) => Hashing.Mix(sketch[place] + ((ulong)place << 56));
    }
}
