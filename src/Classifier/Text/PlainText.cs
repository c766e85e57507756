using System.Text;

namespace ThreatWatch.Classifier.Text;

/// <summary>
/// A post made plain: folded characters with their place in the original, tokens, sentences. One object is reused for many posts and is
/// not thread-safe. Work is bounded: of a longer post the first <see cref="HeadLimit"/> and the last <see cref="TailLimit"/> characters
/// are read, and at most <see cref="TokenLimit"/> tokens.
/// </summary>
internal sealed class PlainText
{
    public const int HeadLimit = 6000;
    public const int TailLimit = 2000;
    public const int TokenLimit = 2400;
    private const int MaxFolded = HeadLimit + TailLimit;

    private readonly char[] _chars = new char[MaxFolded + 64];
    private readonly int[] _origin = new int[MaxFolded + 65];
    private readonly Token[] _tokens = new Token[TokenLimit];

    public string Original { get; private set; } = "";

    /// <summary>Characters used, tokens used.</summary>
    public int Size { get; private set; }

    public int Count { get; set; }

    public int Sentences { get; set; }

    /// <summary>The token with which the sentence that is being read began.</summary>
    public int SentenceFirst { get; set; }

    /// <summary>Letters of scripts other than Latin that no Latin letter looks like: the sign of another language.</summary>
    public int ForeignLetters { get; private set; }

    /// <summary>Letters that stood in the original in a script other than Latin, whatever they look like.</summary>
    public int OtherScript { get; private set; }

    /// <summary>How many invisible characters were dropped.</summary>
    public int Hidden { get; private set; }

    public Span<char> Chars => _chars.AsSpan(0, Size);

    public Span<Token> Tokens => _tokens.AsSpan(0, Count);

    internal Token[] TokenBuffer => _tokens;

    public ReadOnlySpan<char> Word(in Token token) => _chars.AsSpan(token.At, token.Size);

    public int Origin(int at) => _origin[at];

    public void Read(string text)
    {
        Original = text;
        Size = Count = Sentences = SentenceFirst = ForeignLetters = OtherScript = Hidden = 0;
        if (text.Length <= HeadLimit + TailLimit)
        {
            FoldAll(0, text.Length);
        }
        else
        {
            FoldAll(0, HeadLimit);
            FoldAll(text.Length - TailLimit, text.Length);
        }

        _origin[Size] = Size == 0 ? 0 : text.Length;
        Tokenizer.Run(this);
    }

    private void FoldAll(int from, int to)
    {
        var reversedFrom = -1;
        for (var i = from; i < to && Size < MaxFolded; i++)
        {
            var c = Original[i];
            if (c is > ' ' and < (char)127)
            {
                Add(c is >= 'A' and <= 'Z' ? (char)(c | 0x20) : c, i);
                continue;
            }

            OtherScript += c is (>= '\u0370' and <= '\u1CFF') or (>= '\u2E80' and <= '\uA6FF') or (>= '\uAC00' and <= '\uD7FF') && char.IsLetter(c) ? 1 : 0;
            if (c is '\u202E' or '\u202C' or '\n')
            {
                // Text after a right-to-left override reads backwards on the screen, so we read it backwards.
                if (reversedFrom >= 0)
                    Reverse(reversedFrom);
                reversedFrom = c == '\u202E' ? Size : -1;
            }

            if (char.IsHighSurrogate(c) && i + 1 < to && char.IsLowSurrogate(Original[i + 1]))
            {
                AddAll(Folding.Fold(new Rune(c, Original[i + 1])), i);
                i++;
            }
            else if (Folding.TryFoldToOne(c, out var folded))
            {
                if (folded == 0)
                    Hidden += c is '\u200D' or '\uFE0F' ? 0 : 1;
                else
                    Add(folded, i);
            }
            else
            {
                AddAll(Folding.Fold(new Rune(c)), i);
            }
        }

        if (reversedFrom >= 0)
            Reverse(reversedFrom);
    }

    private void AddAll(string folded, int origin)
    {
        foreach (var c in folded)
            Add(c, origin);
    }

    private void Add(char c, int origin)
    {
        if (Size >= MaxFolded)
            return;
        if (c > 127 && c != Folding.EmojiMark && char.IsLetter(c))
            ForeignLetters++;
        _chars[Size] = c;
        _origin[Size++] = origin;
    }

    private void Reverse(int from)
    {
        Array.Reverse(_chars, from, Size - from);
        Array.Reverse(_origin, from, Size - from);
        Hidden++;
    }
}
