namespace ThreatWatch.Ingest.Sources.Markup;

/// <summary>What a piece of markup is.</summary>
public enum MarkupKind
{
    Text,
    CharacterData,
    StartTag,
    EndTag,
    Doctype,
    Skipped,
}

/// <summary>
/// Cuts XML or HTML into pieces as leniently as a browser does, since real feeds are seldom well-formed: it never
/// fails, allocates nothing and looks at each character a bounded number of times.
/// </summary>
public ref struct MarkupTokenizer
{
    private readonly ReadOnlySpan<char> _source;
    private readonly bool _isXml;
    private int _position;

    // A search that once reached the end without finding anything is not repeated, or a million openers would cost their square.
    private bool _noDoubleQuoteAhead;
    private bool _noSingleQuoteAhead;
    private bool _noInstructionEndAhead;

    public MarkupTokenizer(ReadOnlySpan<char> source, bool isXml, int start = 0)
    {
        _source = source;
        _isXml = isXml;
        _position = start;
    }

    public MarkupKind Kind { get; private set; }

    /// <summary>Offset of the piece's first character.</summary>
    public int Start { get; private set; }

    /// <summary>Offset behind the piece's last character.</summary>
    public readonly int End => _position;

    /// <summary>Name of a tag as written, or the contents of text, CDATA or a doctype.</summary>
    public ReadOnlySpan<char> Content { get; private set; }

    /// <summary>The part of a start tag behind its name, for <see cref="MarkupAttributes"/>.</summary>
    public ReadOnlySpan<char> Attributes { get; private set; }

    public bool IsSelfClosing { get; private set; }

    /// <summary>Moves to the next piece; false at the end. A tag that is cut off by the end is dropped, unless it is words.</summary>
    public bool Read()
    {
        if (_position >= _source.Length)
            return false;
        Start = _position;
        Attributes = default;
        IsSelfClosing = false;
        if (_source[_position] == '<' && _position + 1 < _source.Length)
        {
            var next = _source[_position + 1];
            if (next == '!')
                return ReadDeclaration();
            if (next == '?')
                return ReadInstruction();
            if (next == '/')
                return ReadEndTag();
            if (IsNameStart(next))
                return ReadStartTag();
        }
        return ReadText();
    }

    /// <summary>Skips to the end tag of an element whose contents are not markup (script, style), or to the end of the source.</summary>
    public void SkipRawText(ReadOnlySpan<char> name)
    {
        while (_position < _source.Length)
        {
            var offset = _source[_position..].IndexOf("</", StringComparison.Ordinal);
            if (offset < 0)
                break;
            _position += offset;
            var rest = _source[(_position + 2)..];
            if (rest.StartsWith(name, StringComparison.OrdinalIgnoreCase) && (rest.Length == name.Length || !IsNamePart(rest[name.Length])))
                return;
            _position += 2;
        }
        _position = _source.Length;
    }

    private bool ReadText()
    {
        Kind = MarkupKind.Text;
        var search = _position + 1;
        while (true)
        {
            var offset = search >= _source.Length ? -1 : _source[search..].IndexOf('<');
            if (offset < 0)
            {
                _position = _source.Length;
                break;
            }
            search += offset;
            if (search + 1 < _source.Length && (IsNameStart(_source[search + 1]) || _source[search + 1] is '!' or '?' or '/'))
            {
                _position = search;
                break;
            }
            search++;
        }
        Content = _source[Start.._position];
        return true;
    }

    private bool ReadDeclaration()
    {
        var rest = _source[_position..];
        if (rest.StartsWith("<!--", StringComparison.Ordinal))
        {
            Kind = MarkupKind.Skipped;
            // HTML closes "<!-->" and "<!--->" at once.
            var body = !_isXml && rest.StartsWith("<!-->", StringComparison.Ordinal) ? 2 : !_isXml && rest.StartsWith("<!--->", StringComparison.Ordinal) ? 3 : 4;
            SkipPast("-->", body);
            return true;
        }
        if (rest.StartsWith("<![CDATA[", StringComparison.OrdinalIgnoreCase))
        {
            if (!_isXml)
            {
                // HTML has no CDATA; somebody wrapped twice, and what is inside is still markup.
                Kind = MarkupKind.Text;
                Content = rest[..9];
                _position += 9;
                return true;
            }
            Kind = MarkupKind.CharacterData;
            var found = SkipPast("]]>", 9);
            Content = _source[(Start + 9)..(found ? _position - 3 : _position)];
            return true;
        }
        if (rest.StartsWith("<!DOCTYPE", StringComparison.OrdinalIgnoreCase))
        {
            Kind = MarkupKind.Doctype;
            _position = DoctypeEnd(_source, _position + 9);
            Content = _source[(Start + 9).._position];
            return true;
        }
        Kind = MarkupKind.Skipped;
        SkipPast(">", 2);
        return true;
    }

    private bool ReadInstruction()
    {
        Kind = MarkupKind.Skipped;
        if (_isXml && !_noInstructionEndAhead)
        {
            if (_source[_position..].IndexOf("?>", StringComparison.Ordinal) >= 0)
                return SkipPast("?>", 2);
            _noInstructionEndAhead = true;
        }
        SkipPast(">", 2);
        return true;
    }

    private bool ReadEndTag()
    {
        var nameStart = _position + 2;
        var end = nameStart;
        while (end < _source.Length && IsNamePart(_source[end]))
            end++;
        // A tag that lacks its ">" ends where the next one opens.
        var close = _source[end..].IndexOfAny('>', '<');
        if (close < 0)
        {
            _position = _source.Length;
            return false;
        }
        Kind = end == nameStart ? MarkupKind.Skipped : MarkupKind.EndTag;
        Content = _source[nameStart..end];
        _position = end + close + (_source[end + close] == '>' ? 1 : 0);
        return true;
    }

    private bool ReadStartTag()
    {
        var nameStart = _position + 1;
        var end = nameStart;
        while (end < _source.Length && IsNamePart(_source[end]))
            end++;
        var at = end;
        while (at < _source.Length && _source[at] != '>')
        {
            if (_source[at] is '"' or '\'' && IsAfterEquals(at, end))
                at = SkipQuoted(at);
            else if (_isXml && _source[at] == '<')
                break;
            else
                at++;
        }
        if (at >= _source.Length)
        {
            _position = _source.Length;
            // "I'll <shoot" in a text is no tag, and the words must not be lost.
            return IsWords(_source[end..]) && TakeAsText();
        }
        if (_source[at] == '<' && IsWords(_source[end..at]))
        {
            _position = at;
            return TakeAsText();
        }
        Kind = MarkupKind.StartTag;
        Content = _source[nameStart..end];
        IsSelfClosing = at > end && _source[at - 1] == '/';
        Attributes = _source[end..(IsSelfClosing ? at - 1 : at)];
        _position = _source[at] == '>' ? at + 1 : at;
        return true;
    }

    private bool TakeAsText()
    {
        Kind = MarkupKind.Text;
        Content = _source[Start.._position];
        return true;
    }

    private static bool IsWords(ReadOnlySpan<char> behindName) => !behindName.Contains('=') && !behindName.IsWhiteSpace();

    // A quote opens a value only behind "=" (white space between is short in practice and capped for the rest).
    private readonly bool IsAfterEquals(int at, int from)
    {
        var back = at - 1;
        var floor = Math.Max(from, at - 32);
        while (back >= floor && char.IsWhiteSpace(_source[back]))
            back--;
        return back >= from && _source[back] == '=';
    }

    private int SkipQuoted(int at)
    {
        var quote = _source[at];
        if (quote == '"' ? _noDoubleQuoteAhead : _noSingleQuoteAhead)
            return at + 1;
        var offset = _source[(at + 1)..].IndexOf(quote);
        if (offset >= 0)
            return at + offset + 2;
        if (quote == '"')
            _noDoubleQuoteAhead = true;
        else
            _noSingleQuoteAhead = true;
        return at + 1;
    }

    private bool SkipPast(string terminator, int skip)
    {
        var from = Math.Min(_position + skip, _source.Length);
        var offset = _source[from..].IndexOf(terminator, StringComparison.Ordinal);
        _position = offset < 0 ? _source.Length : from + offset + terminator.Length;
        return offset >= 0;
    }

    private static int DoctypeEnd(ReadOnlySpan<char> source, int at)
    {
        var inSubset = false;
        while (at < source.Length)
        {
            var offset = source[at..].IndexOfAny("[]>\"'");
            if (offset < 0)
                return source.Length;
            at += offset;
            var c = source[at++];
            if (c == '>' && !inSubset)
                return at;
            if (c == '[')
                inSubset = true;
            else if (c == ']')
                inSubset = false;
            else if (c is '"' or '\'')
            {
                var close = source[at..].IndexOf(c);
                if (close < 0)
                    return inSubset ? source.Length : at;
                at += close + 1;
            }
        }
        return source.Length;
    }

    internal static bool IsNameStart(char c) => char.IsAsciiLetter(c) || c is '_' or ':' || c >= '\u0080';

    internal static bool IsNamePart(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or ':' or '-' or '.' || c >= '\u0080';
}
