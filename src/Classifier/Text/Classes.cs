namespace ThreatWatch.Classifier.Text;

/// <summary>Recognises what is masked by its form: links, mail addresses, handles, hashtags, phone numbers, dates, times, numbers, and the masks of corpora.</summary>
internal static class Classes
{
    private static readonly ulong[] KindHashes = [.. Enum.GetNames<TokenKind>().Select(name => PlainHash.Of("<" + name + ">"))];

    public static ulong HashOf(TokenKind kind) => KindHashes[(int)kind];

    /// <summary>The end of the token that was emitted, or <paramref name="at"/> when nothing matches.</summary>
    public static int Read(PlainText text, int at)
    {
        var chars = text.Chars;
        var rest = chars[at..];
        var c = rest[0];
        if (c == '[')
            return ReadMask(text, at);
        if (c == '#')
            return rest.Length > 2 && char.IsLetter(rest[1]) ? Hashtag(text, at) : at;
        if (c == '@')
            return Handle(text, at);
        if (char.IsAsciiDigit(c))
            return ReadNumber(text, at);
        if (c is 'h' or 'w' && (rest.StartsWith("http://") || rest.StartsWith("https://") || rest.StartsWith("www.")))
            return Emit(text, at, at + UntilSpace(rest), TokenKind.Link);
        return ReadAddress(text, at);
    }

    private static int Emit(PlainText text, int at, int end, TokenKind kind)
    {
        Tokenizer.Emit(text, at, end, kind, HashOf(kind));
        return end;
    }

    private static int UntilSpace(ReadOnlySpan<char> rest)
    {
        var end = rest.IndexOfAny(' ', '\n', '\t');
        return end < 0 ? rest.Length : end;
    }

    private static int ReadMask(PlainText text, int at)
    {
        var rest = text.Chars[at..];
        if (rest.StartsWith("[user]"))
            return Emit(text, at, at + 6, TokenKind.Handle);
        if (rest.StartsWith("[url]"))
            return Emit(text, at, at + 5, TokenKind.Link);
        if (rest.StartsWith("[name]"))
            return Emit(text, at, at + 6, TokenKind.Name);
        return rest.StartsWith("[phone]") ? Emit(text, at, at + 7, TokenKind.Phone) : at;
    }

    private static int Handle(PlainText text, int at)
    {
        var rest = text.Chars[at..];
        var end = 1;
        while (end < rest.Length && (char.IsLetterOrDigit(rest[end]) || (rest[end] is '_' or '.' or '-' && end + 1 < rest.Length && char.IsLetterOrDigit(rest[end + 1]))))
            end++;
        if (end == 1)
            return at;
        // "@ss" is a word in disguise, "@sam" is a handle.
        Span<char> guess = stackalloc char[Math.Min(end, 24)];
        rest[..guess.Length].CopyTo(guess);
        return end is >= 3 and <= 6 && WordList.TryReadLeet(guess) && guess is "ass" or "all" or "and" or "attack" ? at : Emit(text, at, at + end, TokenKind.Handle);
    }

    private static int Hashtag(PlainText text, int at)
    {
        var chars = text.Chars;
        var end = at + 1;
        while (end < chars.Length && (char.IsLetterOrDigit(chars[end]) || chars[end] == '_') && end - at <= 64)
            end++;
        var from = at + 1;
        for (var i = at + 2; i <= end; i++)
        {
            var cut = i == end || chars[i] == '_' || (char.IsUpper(text.Original[text.Origin(i)]) && !char.IsUpper(text.Original[text.Origin(i - 1)]))
                || (char.IsAsciiDigit(chars[i]) && !char.IsAsciiDigit(chars[i - 1]));
            if (!cut)
                continue;
            if (i > from && chars[from] != '_')
                Compound(text, from, i);
            from = i < end && chars[i] == '_' ? i + 1 : i;
        }

        return end;
    }

    private static void Compound(PlainText text, int at, int end)
    {
        Span<int> ends = stackalloc int[16];
        var letters = text.Chars[at..end];
        if (WordList.Contains(letters) || !WordList.TryCut(letters, ends, out var count))
            (ends[0], count) = (letters.Length, 1);
        var from = 0;
        for (var i = 0; i < count; i++)
        {
            ref var token = ref Tokenizer.Emit(text, at + from, at + ends[i], TokenKind.Word, PlainHash.Of(letters[from..ends[i]]));
            token.Shape = TokenShape.Hashtag | (WordList.Contains(token.Hash) ? TokenShape.Known : TokenShape.None);
            from = ends[i];
        }
    }

    private static int ReadNumber(PlainText text, int at)
    {
        var rest = text.Chars[at..];
        int end = 0, digits = 0, slashes = 0, dashes = 0, colons = 0;
        for (; end < rest.Length && end < 20; end++)
        {
            var c = rest[end];
            if (char.IsAsciiDigit(c))
                digits++;
            else if (c is '/' or '-' or '.' or ':' or ',' && end + 1 < rest.Length && char.IsAsciiDigit(rest[end + 1]))
                (slashes, dashes, colons) = (slashes + (c == '/' ? 1 : 0), dashes + (c is '-' or '.' ? 1 : 0), colons + (c == ':' ? 1 : 0));
            else
                break;
        }

        var after = rest[end..];
        var word = 0;
        while (word < after.Length && (char.IsLetter(after[word]) || after[word] is '$' or '@' or '*'))
            word++;
        var suffix = after[..word];
        if (colons == 1 && digits is 3 or 4)
            return Emit(text, at, at + end + (suffix is "am" or "pm" ? 2 : 0), TokenKind.Clock);
        if (suffix is "am" or "pm" or "hrs" or "h")
            return Emit(text, at, at + end + word, TokenKind.Clock);
        if (suffix is "st" or "nd" or "rd" or "th")
            return Emit(text, at, at + end + word, TokenKind.Ordinal);
        if (word > 0)
            return at;
        if (digits is >= 10 and <= 11 || (digits == 7 && dashes == 1))
            return Emit(text, at, at + end, TokenKind.Phone);
        if (digits <= 8 && (slashes is 1 or 2 || dashes == 2))
            return Emit(text, at, at + end, TokenKind.Date);
        // Short numbers mean something ("911", "45", "12 of them"), long ones only identify.
        Tokenizer.Emit(text, at, at + end, TokenKind.Number, end <= 3 ? PlainHash.Of(rest[..end]) : HashOf(TokenKind.Number));
        return at + end;
    }

    private static int ReadAddress(PlainText text, int at)
    {
        var rest = text.Chars[at..];
        var limit = Math.Min(rest.Length, 80);
        for (var i = 1; i < limit; i++)
        {
            var c = rest[i];
            if (char.IsLetterOrDigit(c) || c is '_' or '-' or '+')
                continue;
            if (c == '@' && i + 3 < rest.Length && char.IsLetter(rest[i + 1]))
            {
                var end = i + UntilSpace(rest[i..]);
                return rest[i..end].Contains('.') ? Emit(text, at, at + end, TokenKind.Mail) : at;
            }

            if (c != '.' || i + 2 >= rest.Length || !char.IsLetter(rest[i + 1]))
                return at;
            var tail = rest[(i + 1)..];
            if (tail.StartsWith("com") || tail.StartsWith("org") || tail.StartsWith("net/") || tail.StartsWith("edu") || tail.StartsWith("ly/") || tail.StartsWith("gov"))
                return Emit(text, at, at + UntilSpace(rest), TokenKind.Link);
        }

        return at;
    }
}
