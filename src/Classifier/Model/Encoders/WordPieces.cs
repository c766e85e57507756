using ThreatWatch.Classifier.Text;

namespace ThreatWatch.Classifier.Model.Encoders;

/// <summary>
/// Cuts the tokens of a post into the pieces of words that an encoder knows, longest first (WordPiece; Schuster and Nakajima 2012). What is
/// masked becomes the word for its class, so that a name is any name. One object may serve many readers.
/// </summary>
internal sealed class WordPieces
{
    /// <summary>Rows of pieces before those of the vocabulary: the beginning, the end, the unreadable, and emoji without a word of their own.</summary>
    public const int Begin = 0;
    public const int End = 1;
    public const int Unreadable = 2;
    public const int FirstEmoji = 3;
    public const int EmojiRows = 64;
    public const int FirstPiece = FirstEmoji + EmojiRows;

    private const ulong InsideWord = 17;
    private const int LongestWord = 40;

    private readonly HashIndex _rows;
    private readonly int[] _classes;

    public WordPieces(ulong[] hashes)
    {
        Hashes = hashes;
        var rows = new Dictionary<ulong, ulong>(hashes.Length);
        for (var i = 0; i < hashes.Length; i++)
            rows[hashes[i]] = (ulong)(FirstPiece + i);
        _rows = new HashIndex(rows);
        _classes = [.. Enum.GetValues<TokenKind>().Select(kind => Row(PlainHash.Of(ClassWord(kind))))];
    }

    /// <summary>The vocabulary, in the order of its rows.</summary>
    public ulong[] Hashes { get; }

    public int Count => FirstPiece + Hashes.Length;

    /// <summary>The hash under which a piece is known; "##" marks one inside a word, as in the vocabularies of BERT.</summary>
    public static ulong HashOf(string piece) =>
        piece.StartsWith("##", StringComparison.Ordinal) && piece.Length > 2 ? PlainHash.Pair(PlainHash.Of(piece.AsSpan(2)), InsideWord) : PlainHash.Of(piece);

    /// <summary>
    /// Writes the pieces of the tokens from <paramref name="first"/> on, with the kinds of elements of each, until
    /// <paramref name="pieces"/> is full; the marks at both ends included. Returns how many.
    /// </summary>
    public int Read(FeatureReader reader, int first, Span<int> pieces, Span<ulong> kinds)
    {
        var text = reader.Text;
        var masks = reader.Anatomy.Masks;
        var room = pieces.Length - 1;
        pieces[0] = Begin;
        kinds[0] = 0;
        var count = 1;
        for (var i = first; i < text.Count && count < room; i++)
        {
            var before = count;
            count = Token(text, text.Tokens[i], pieces[..room], count);
            kinds[before..count].Fill(masks[i]);
        }

        pieces[count] = End;
        kinds[count] = 0;
        return count + 1;
    }

    /// <summary>How many pieces a token has, at most <see cref="LongestWord"/>.</summary>
    public int CountOf(PlainText text, in Token token)
    {
        Span<int> pieces = stackalloc int[LongestWord];
        return Token(text, token, pieces, 0);
    }

    private int Token(PlainText text, in Token token, Span<int> pieces, int count)
    {
        if (token.Kind is TokenKind.Word or TokenKind.Mark || (token.Kind == TokenKind.Number && token.Size <= 4))
            return Words(text.Word(token), pieces, count);
        if (count == pieces.Length)
            return count;
        pieces[count] = token.Kind != TokenKind.Emoji ? _classes[(int)token.Kind]
            : _rows[EmojiWords.PlainWordOf(token.Hash)] is var row and > 0 ? (int)row : FirstEmoji + (int)(token.Hash % EmojiRows);
        return count + 1;
    }

    private int Words(ReadOnlySpan<char> chars, Span<int> pieces, int count)
    {
        var from = 0;
        for (var i = 0; i <= chars.Length; i++)
        {
            if (i < chars.Length && char.IsLetterOrDigit(chars[i]))
                continue;
            if (i > from)
                count = Word(chars[from..i], pieces, count);
            if (i < chars.Length && count < pieces.Length)
                pieces[count++] = Row(PlainHash.Of(chars.Slice(i, 1)));
            from = i + 1;
        }

        return count;
    }

    private int Word(ReadOnlySpan<char> word, Span<int> pieces, int count)
    {
        Span<ulong> hashes = stackalloc ulong[LongestWord];
        word = word[..Math.Min(word.Length, LongestWord)];
        var began = count;
        for (var at = 0; at < word.Length;)
        {
            var hash = PlainHash.Seed;
            for (var i = at; i < word.Length; i++)
            {
                hash = PlainHash.Add(hash, word[i]);
                hashes[i] = PlainHash.Finish(hash);
            }

            var end = word.Length;
            var row = 0;
            for (; end > at && row == 0; end--)
                row = (int)_rows[at == 0 ? hashes[end - 1] : PlainHash.Pair(hashes[end - 1], InsideWord)];
            if (began == pieces.Length)
                return count;
            if (row == 0)
            {
                pieces[began] = Unreadable;
                return began + 1;
            }

            if (count == pieces.Length)
                return count;
            pieces[count++] = row;
            at = end + 1;
        }

        return count;
    }

    private int Row(ulong hash) => _rows[hash] is var row and > 0 ? (int)row : Unreadable;

    private static string ClassWord(TokenKind kind) => kind switch
    {
        TokenKind.Number or TokenKind.Ordinal => "number",
        TokenKind.Date => "date",
        TokenKind.Clock => "time",
        TokenKind.Phone => "phone",
        TokenKind.Link => "link",
        TokenKind.Mail => "email",
        TokenKind.Handle => "user",
        TokenKind.School => "school",
        TokenKind.Person => "teacher",
        _ => "someone",
    };
}
