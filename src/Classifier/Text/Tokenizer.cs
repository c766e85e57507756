using System.Text;

namespace ThreatWatch.Classifier.Text;

/// <summary>Cuts plain text into tokens in one pass: words with their disguises undone, emoji, marks, and classes for links, handles, numbers and dates.</summary>
internal static class Tokenizer
{
    private const int SentenceLimit = 45;

    public static void Run(PlainText text)
    {
        var chars = text.Chars;
        var at = 0;
        var glued = false;
        while (at < chars.Length && text.Count < PlainText.TokenLimit - 40)
        {
            var c = chars[at];
            if (c is ' ' or '\t' or '\r' or '\n' || char.IsWhiteSpace(c))
            {
                if (c == '\n')
                    EndSentence(text);
                glued = false;
                at++;
                continue;
            }

            var before = text.Count;
            var end = c == Folding.EmojiMark ? Emoji(text, at) : Chunk(text, at);
            if (glued && text.Count > before)
                text.Tokens[before].Shape |= TokenShape.Glued;
            glued = true;
            at = end;
        }

        EndSentence(text);
        Spaced.Join(text);
        Masking.Run(text);
    }

    internal static ref Token Emit(PlainText text, int at, int end, TokenKind kind, ulong hash)
    {
        ref var token = ref text.TokenBuffer[text.Count++];
        token.At = at;
        token.Size = end - at;
        token.Start = Math.Min(text.Origin(at), text.Origin(end - 1));
        var last = Math.Max(text.Origin(at), text.Origin(end - 1));
        token.Length = last + 1 - token.Start;
        if (last < text.Original.Length && char.IsHighSurrogate(text.Original[last]))
            token.Length++;
        token.Kind = kind;
        token.Hash = hash;
        token.Sentence = text.Sentences;
        token.Shape = TokenShape.None;
        if (text.Count - text.SentenceFirst >= SentenceLimit)
            EndSentence(text);
        return ref token;
    }

    private static void EndSentence(PlainText text)
    {
        if (text.Count == text.SentenceFirst)
            return;
        text.Sentences++;
        text.SentenceFirst = text.Count;
    }

    private static int Emoji(PlainText text, int at)
    {
        Rune.DecodeFromUtf16(text.Original.AsSpan(text.Origin(at)), out var rune, out _);
        Emit(text, at, at + 1, TokenKind.Emoji, EmojiWords.HashOf(rune));
        var end = at + 1;
        // A row of the same emoji says no more than one.
        while (end < text.Size && text.Chars[end] == Folding.EmojiMark && text.Original[text.Origin(end)] == text.Original[text.Origin(at)]
            && (!char.IsHighSurrogate(text.Original[text.Origin(at)]) || text.Original[text.Origin(end) + 1] == text.Original[text.Origin(at) + 1]))
            end++;
        return end;
    }

    private static int Chunk(PlainText text, int at)
    {
        var chars = text.Chars;
        var c = chars[at];
        if (char.IsLetterOrDigit(c) || c is '@' or '#' or '[' or '$')
        {
            var end = Classes.Read(text, at);
            if (end > at)
                return end;
        }

        if (char.IsLetterOrDigit(c) || (c is '$' or '@' or '*' && at + 1 < chars.Length && char.IsLetterOrDigit(chars[at + 1])))
            return Word(text, at);
        return Mark(text, at);
    }

    private static int Mark(PlainText text, int at)
    {
        var chars = text.Chars;
        var c = chars[at];
        var end = at + 1;
        while (end < chars.Length && chars[end] == c)
            end++;
        if (c is '-' or '_' or '\'' && end == at + 1 && at > 0 && end < chars.Length && char.IsLetterOrDigit(chars[at - 1]) && char.IsLetterOrDigit(chars[end]))
            return end;
        if (c == '.' && end == at + 1 && text.Count > 0 && Masking.IsTitle(text.Tokens[^1].Hash))
            return end;
        var hash = c is '.' && end - at > 1 ? PlainHash.Of("...") : PlainHash.Of(chars.Slice(at, 1));
        Emit(text, at, end, TokenKind.Mark, hash);
        if (c is '!' or '?' || (c == '.' && (end == chars.Length || chars[end] is ' ' or '\n')))
            EndSentence(text);
        return end;
    }

    private static int Word(PlainText text, int at)
    {
        var chars = text.Chars;
        int end = at, core = -1, digits = 0, letters = 0, signs = 0, stars = 0;
        for (; end < chars.Length && end - at < 48; end++)
        {
            var c = chars[end];
            if (char.IsLetter(c))
                letters++;
            else if (char.IsAsciiDigit(c))
                digits++;
            else if (c == '\'' && end + 1 < chars.Length && char.IsLetter(chars[end + 1]) && end > at)
                continue;
            else if (c is '*' or '#' && (end > at || letters > 0) && (end + 1 < chars.Length && (char.IsLetterOrDigit(chars[end + 1]) || chars[end + 1] == c)))
                (stars, core) = (stars + 1, core < 0 ? end : core);
            else if (c is '$' or '@' or '!' or '|' or '+' && end + 1 < chars.Length && (char.IsLetter(chars[end + 1]) || (c == '$' && chars[end + 1] == c) || (c == '$' && letters > 0 && c == chars[end - 1])))
                (signs, core) = (signs + 1, core < 0 ? end : core);
            else
                break;
        }

        if (end == at)
            return Mark(text, at);
        if (stars > 0 && WordList.ReadCensored(chars[at..end]) is { } meant)
        {
            meant.CopyTo(chars[at..end]);
            return Finish(text, at, end, end, TokenShape.Disguised);
        }

        if (stars == 0 && (signs > 0 || digits > 0) && letters > 0 && WordList.TryReadLeet(chars[at..end]))
            return Finish(text, at, end, end, TokenShape.Disguised);
        if (core > at)
            end = core;
        else if (core == at)
            return Mark(text, at);
        return Finish(text, at, end, end, TokenShape.None);
    }

    private static int Finish(PlainText text, int at, int size, int end, TokenShape shape)
    {
        size = WordForm.Plain(text.Chars, at, size);
        var word = text.Chars[at..size];
        ref var token = ref Emit(text, at, end, TokenKind.Word, PlainHash.Of(word));
        token.Size = word.Length;
        token.Shape = shape | WordForm.ShapeOf(text, token);
        return end;
    }
}
