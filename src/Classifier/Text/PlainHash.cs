namespace ThreatWatch.Classifier.Text;

/// <summary>The one hash of words and n-grams: stable across runs, machines and versions of .NET, because models depend on it.</summary>
internal static class PlainHash
{
    public const ulong Seed = 0xcbf29ce484222325;
    private const ulong Prime = 0x9E3779B97F4A7C15;

    public static ulong Of(ReadOnlySpan<char> text)
    {
        var hash = Seed;
        foreach (var c in text)
            hash = Add(hash, c);
        return Finish(hash);
    }

    public static ulong Add(ulong hash, ulong value) => (hash ^ value) * 0x100000001b3;

    /// <summary>Spreads the bits, so that the low ones can serve as a bucket; never 0, which means "nothing" in the tables.</summary>
    public static ulong Finish(ulong hash)
    {
        hash ^= hash >> 32;
        hash *= Prime;
        hash ^= hash >> 29;
        return hash == 0 ? 1 : hash;
    }

    /// <summary>An order-sensitive combination of two finished hashes.</summary>
    public static ulong Pair(ulong first, ulong second) => Finish(((first * Prime) ^ (first >> 31)) + (second * 0xBF58476D1CE4E5B9) + 0x1234567);
}
