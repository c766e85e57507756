using ThreatWatch.Classifier.Text;

namespace ThreatWatch.Classifier.Rules;

/// <summary>The words of a plain text as rules see them: marks passed over, and masked names opened up again, since a district may look for a place.</summary>
internal sealed class Words
{
    private readonly Word[] _words = new Word[PlainText.TokenLimit];

    public int Count { get; private set; }

    public ReadOnlySpan<Word> All => _words.AsSpan(0, Count);

    public void Read(PlainText text)
    {
        Count = 0;
        var tokens = text.Tokens;
        for (var i = 0; i < tokens.Length; i++)
        {
            ref readonly var token = ref tokens[i];
            switch (token.Kind)
            {
                case TokenKind.Mark:
                    break;
                case TokenKind.Word or TokenKind.Emoji:
                    Add(new Word(token.Hash, token.At, token.Size, token.Start, token.Length));
                    break;
                case TokenKind.School or TokenKind.Person or TokenKind.Name:
                    Open(text, token.At, i + 1 < tokens.Length ? tokens[i + 1].At : text.Size, token.Start + token.Length);
                    break;
                default:
                    Add(new Word(PlainHash.Of(text.Word(token)), token.At, token.Size, token.Start, token.Length));
                    break;
            }
        }
    }

    private void Open(PlainText text, int from, int to, int originalEnd)
    {
        var chars = text.Chars;
        for (var at = from; at < to;)
        {
            if (!char.IsLetterOrDigit(chars[at]))
            {
                at++;
                continue;
            }

            var end = at + 1;
            while (end < to && (char.IsLetterOrDigit(chars[end]) || chars[end] == '\''))
                end++;
            var start = text.Origin(at);
            if (start >= originalEnd)
                return;
            Add(new Word(PlainHash.Of(chars[at..end]), at, end - at, start, Math.Max(1, Math.Min(text.Origin(end - 1) + 1, originalEnd) - start)));
            at = end;
        }
    }

    private void Add(Word word)
    {
        if (Count < _words.Length)
            _words[Count++] = word;
    }
}

/// <summary>One word: its hash, its place in the plain text and in the original.</summary>
internal readonly record struct Word(ulong Hash, int At, int Size, int Start, int Length);
