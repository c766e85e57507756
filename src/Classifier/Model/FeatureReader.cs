using ThreatWatch.Classifier.Elements;
using ThreatWatch.Classifier.Text;

namespace ThreatWatch.Classifier.Model;

/// <summary>
/// Everything that a post is judged by, as hashed features: words, letters, and the anatomy of its sentences. The letters' features of a
/// word are the same wherever it stands, and are read when they are asked for. One object is reused for many posts and is not thread-safe.
/// </summary>
internal sealed class FeatureReader
{
    public const int Bits = 20;
    public const int Buckets = 1 << Bits;
    public const int Groups = 4;

    /// <summary>The most features that the letters of one word have.</summary>
    public const int MostLetters = 72;

    private readonly Feature[] _features = new Feature[90_000];
    private readonly AnatomyFeatures _anatomyFeatures;
    private readonly LinearWeights? _weights;

    /// <param name="weights">What will be asked about the features, if that is known.</param>
    public FeatureReader(LinearWeights? weights = null) => (_anatomyFeatures, _weights) = (new AnatomyFeatures(this), weights);

    public PlainText Text { get; } = new();

    public Anatomy Anatomy { get; } = new();

    public int Count { get; private set; }

    /// <summary>The features of words and anatomy; those of letters are <see cref="AllFeatures"/>' last.</summary>
    public ReadOnlySpan<Feature> Features => _features.AsSpan(0, Count);

    public void Read(string text)
    {
        Count = 0;
        Text.Read(text);
        Anatomy.Read(Text);
        var tokens = Text.Tokens;
        for (var i = 0; i < tokens.Length; i++)
            Words(tokens, i);
        _anatomyFeatures.Read(Text, Anatomy);
    }

    /// <summary>All features of the post that was read, those of letters too, as a training or an explanation wants them.</summary>
    public Feature[] AllFeatures()
    {
        var features = new List<Feature>(Count * 3);
        features.AddRange(Features);
        Span<int> buckets = stackalloc int[MostLetters];
        var tokens = Text.Tokens;
        for (var i = 0; i < tokens.Length; i++)
        {
            foreach (var bucket in buckets[..Letters(tokens[i], buckets)])
                features.Add(new Feature(bucket, FeatureGroup.Letters, (ushort)tokens[i].Sentence, (ushort)i, (ushort)i));
        }

        return [.. features];
    }

    internal void Add(ulong hash, FeatureGroup group, int sentence, int first, int last)
    {
        if (Count >= _features.Length)
            return;
        var bucket = Bucket(hash);
        _weights?.Announce(bucket);
        _features[Count++] = new Feature(bucket, group, (ushort)sentence, (ushort)first, (ushort)last);
    }

    private void Words(Span<Token> tokens, int at)
    {
        var sentence = tokens[at].Sentence;
        var hash = tokens[at].Hash;
        Add(PlainHash.Pair(hash, 11), FeatureGroup.Words, sentence, at, at);
        for (var next = at + 1; next < tokens.Length && next <= at + 2 && tokens[next].Sentence == sentence; next++)
        {
            hash = PlainHash.Pair(hash, tokens[next].Hash);
            Add(hash, FeatureGroup.Words, sentence, at, next);
        }
    }

    /// <summary>The buckets of a word's letters, by threes to fives; none of what is no word. They hang on the word alone, so on its hash.</summary>
    public int Letters(in Token token, Span<int> buckets)
    {
        if (token.Kind != TokenKind.Word)
            return 0;
        Span<char> word = stackalloc char[26];
        var size = Math.Min(token.Size, 24);
        word[0] = '<';
        Text.Chars.Slice(token.At, size).CopyTo(word[1..]);
        word[size + 1] = '>';
        word = word[..(size + 2)];
        var count = 0;
        for (var from = 0; from + 3 <= word.Length; from++)
        {
            var hash = PlainHash.Seed;
            for (var length = 1; length <= 5 && from + length <= word.Length; length++)
            {
                hash = PlainHash.Add(hash, word[from + length - 1]);
                if (length >= 3)
                    buckets[count++] = Bucket(PlainHash.Finish(hash + (ulong)length));
            }
        }

        return count;
    }

    private static int Bucket(ulong hash) => (int)(hash >> 8) & (Buckets - 1);
}
