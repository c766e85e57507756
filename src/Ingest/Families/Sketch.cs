namespace ThreatWatch.Ingest.Families;

/// <summary>
/// MinHash of a wording (Broder, "On the resemblance and containment of documents", 1997): two texts agree in about that share of the
/// places in which their words and pairs of words agree, so that an index over the places finds the candidates.
/// </summary>
internal static class Sketch
{
    public const int Places = 16;

    private static readonly ulong[] Seeds = [.. Enumerable.Range(1, Places).Select(i => Hashing.Mix((ulong)i * 0x9e3779b97f4a7c15UL) | 1)];

    /// <summary>One number a place; the place is mixed in, so that one dictionary holds them all.</summary>
    /// <param name="words">A hash for each word, in order.</param>
    public static ulong[] Of(ReadOnlySpan<ulong> words)
    {
        var sketch = new ulong[Places];
        Array.Fill(sketch, ulong.MaxValue);
        var previous = 0UL;
        foreach (var hash in words)
        {
            Add(sketch, hash);
            Add(sketch, Hashing.Mix((previous * 31) ^ hash));
            previous = hash;
        }

        return sketch;
    }

    private static void Add(ulong[] sketch, ulong shingle)
    {
        for (var i = 0; i < Places; i++)
        {
            var value = (shingle ^ (shingle >> 29)) * Seeds[i];
            value ^= value >> 32;
            if (value < sketch[i])
                sketch[i] = value;
        }
    }
}
