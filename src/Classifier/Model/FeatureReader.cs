using ThreatWatch.Classifier.Elements;
using ThreatWatch.Classifier.Text;

namespace ThreatWatch.Classifier.Model;

/// <summary>
/// Everything that a post is judged by, as hashed features: words, letters, and the anatomy of its sentences. One object is reused for
/// many posts and is not thread-safe.
/// </summary>
internal sealed class FeatureReader
{
    public const int Bits = 20;
    public const int Buckets = 1 << Bits;
    public const int Groups = 4;

    private readonly Feature[] _features = new Feature[160_000];
    private readonly AnatomyFeatures _anatomyFeatures;

    public FeatureReader() => _anatomyFeatures = new AnatomyFeatures(this);

    public PlainText Text { get; } = new();

    public Anatomy Anatomy { get; } = new();

    public int Count { get; private set; }

    public ReadOnlySpan<Feature> Features => _features.AsSpan(0, Count);

    public void Read(string text)
    {
        Count = 0;
        Text.Read(text);
        Anatomy.Read(Text);
        var tokens = Text.Tokens;
        for (var i = 0; i < tokens.Length; i++)
        {
            Words(tokens, i);
            if (tokens[i].Kind == TokenKind.Word)
                Letters(tokens[i], i);
        }

        _anatomyFeatures.Read(Text, Anatomy);
    }

    internal void Add(ulong hash, FeatureGroup group, int sentence, int first, int last)
    {
        if (Count < _features.Length)
            _features[Count++] = new Feature((int)(hash >> 8) & (Buckets - 1), group, (ushort)sentence, (ushort)first, (ushort)last);
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

    private void Letters(in Token token, int at)
    {
        Span<char> word = stackalloc char[26];
        var size = Math.Min(token.Size, 24);
        word[0] = '<';
        Text.Chars.Slice(token.At, size).CopyTo(word[1..]);
        word[size + 1] = '>';
        word = word[..(size + 2)];
        for (var from = 0; from + 3 <= word.Length; from++)
        {
            var hash = PlainHash.Seed;
            for (var length = 1; length <= 5 && from + length <= word.Length; length++)
            {
                hash = PlainHash.Add(hash, word[from + length - 1]);
                if (length >= 3)
                    Add(PlainHash.Finish(hash + (ulong)length), FeatureGroup.Letters, token.Sentence, at, at);
            }
        }
    }
}
