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
        var wording = Wording.Of(text);
        var sketch = Sketch.Of(wording);
        var family = _young.Find(wording, sketch, schools) ?? _old.Find(wording, sketch, schools);
        return (family, wording, sketch);
    }

    private void Remember(string postId, string family, Wording wording, ulong[] sketch, IReadOnlyList<string> schools)
    {
        if (wording.Words.Count == 0)
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

        public List<Entry> Entries { get; } = [];

        public void Add(Entry entry, ulong[] sketch)
        {
            var index = Entries.Count;
            Entries.Add(entry);
            _byPost[entry.PostId] = index;
            _exact[entry.Wording.Exact] = index;
            for (var place = 0; place < Sketch.Places; place++)
            {
                var key = Key(sketch, place);
                _next.Add(_heads.GetValueOrDefault(key, -1));
                _heads[key] = index;
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
            var agreeing = new Dictionary<int, int>();
            var looks = 0;
            for (var place = 0; place < Sketch.Places; place++)
            {
                // Newest first; the rest of a long chain are texts that share only what everybody says.
                var here = 0;
                for (var i = _heads.GetValueOrDefault(Key(sketch, place), -1); i >= 0 && here < MostLooks / Sketch.Places; i = _next[(i * Sketch.Places) + place])
                {
                    agreeing[i] = agreeing.GetValueOrDefault(i) + 1;
                    here++;
                    looks++;
                }
            }

            if (looks == 0)
                return null;
            var candidates = agreeing.Where(pair => pair.Value >= FewestPlaces).OrderByDescending(pair => pair.Value).ThenByDescending(pair => pair.Key);
            foreach (var (index, _) in candidates.Take(MostCompared))
            {
                if (Fits(Entries[index], wording, schools))
                    return Entries[index].Family;
            }

            return null;
        }

        private static bool Fits(Entry entry, Wording wording, IReadOnlyList<string> schools) =>
            !entry.Gone && entry.Schools.Any(schools.Contains) && SameWording.Decide(entry.Wording, wording);

        private static ulong Key(ulong[] sketch, int place) => Hashing.Mix(sketch[place] + ((ulong)place << 56));
    }
}
