using ThreatWatch.Classifier.Text;

namespace ThreatWatch.Classifier.Model;

/// <summary>
/// What the letters of a word add to both linear models: summed once for a word and kept, since people say the same words over and over.
/// As large as it is from the start; a word that falls on the place of another takes it. Not thread-safe.
/// </summary>
internal sealed class LetterSums(LinearWeights weights)
{
    private const int Places = 1 << 14;

    private readonly Entry[] _entries = new Entry[Places];

    /// <summary>The sums of a word of the post that <paramref name="reader"/> has read.</summary>
    public ref readonly Entry Of(FeatureReader reader, in Token word)
    {
        ref var entry = ref _entries[(int)(word.Hash ^ (word.Hash >> 29)) & (Places - 1)];
        if (entry.Word != word.Hash)
            entry = Sum(reader, word);
        return ref entry;
    }

    private Entry Sum(FeatureReader reader, in Token word)
    {
        Span<int> buckets = stackalloc int[FeatureReader.MostLetters];
        var count = reader.Letters(word, buckets);
        int threat = 0, selfHarm = 0;
        foreach (var bucket in buckets[..count])
        {
            var (rawThreat, rawSelfHarm) = weights.Raw(bucket);
            (threat, selfHarm) = (threat + rawThreat, selfHarm + rawSelfHarm);
        }

        return new Entry(word.Hash, count, threat, selfHarm);
    }

    /// <summary>How many features the letters of a word have, and their raw sums (see <see cref="LinearWeights.Raw"/>).</summary>
    internal readonly record struct Entry(ulong Word, int Count, int Threat, int SelfHarm);
}
