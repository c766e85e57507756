using ThreatWatch.Classifier.Text;
using static ThreatWatch.Classifier.Model.Networks.NetworkShape;

namespace ThreatWatch.Classifier.Model.Networks;

/// <summary>What the network sees of a post: per token its word (by number), its letters (for unknown words) and its kinds.</summary>
internal sealed class NetworkInput(int capacity)
{
    private const int LetterLimit = 12;

    public int Count { get; private set; }

    public int[] Words { get; } = new int[capacity];

    public ulong[] Kinds { get; } = new ulong[capacity];

    /// <summary>Letter rows of token i are at [i * LetterLimit, + LetterCounts[i]).</summary>
    public ushort[] LetterRowsOf { get; } = new ushort[capacity * LetterLimit];

    public byte[] LetterCounts { get; } = new byte[capacity];

    public ReadOnlySpan<ushort> LettersOf(int token) => LetterRowsOf.AsSpan(token * LetterLimit, LetterCounts[token]);

    /// <summary>Reads from the token at <paramref name="first"/> on. Letters are read for unknown words, or for all (<paramref name="allLetters"/>) in training.</summary>
    public void Read(FeatureReader reader, HashIndex vocabulary, bool allLetters, int first = 0)
    {
        Count = Math.Min(capacity, reader.Text.Count - first);
        var tokens = reader.Text.Tokens.Slice(first, Count);
        reader.Anatomy.Masks.Slice(first, Count).CopyTo(Kinds);
        for (var i = 0; i < Count; i++)
        {
            Words[i] = (int)vocabulary[tokens[i].Hash] - 1;
            LetterCounts[i] = 0;
            if ((Words[i] < 0 || allLetters) && tokens[i].Kind == TokenKind.Word)
                ReadLetters(reader.Text, tokens[i], i);
        }
    }

    private void ReadLetters(PlainText text, in Token token, int at)
    {
        Span<char> word = stackalloc char[26];
        var size = Math.Min(token.Size, 24);
        word[0] = '<';
        text.Chars.Slice(token.At, size).CopyTo(word[1..]);
        word[size + 1] = '>';
        var count = 0;
        for (var from = 0; from + 3 <= size + 2 && count < LetterLimit; from++)
            LetterRowsOf[(at * LetterLimit) + count++] = (ushort)((PlainHash.Of(word.Slice(from, 3)) >> 11) & (LetterRows - 1));
        LetterCounts[at] = (byte)count;
    }
}
