namespace ThreatWatch.Ingest.Sources.Markup;

/// <summary>Walks the attributes of one start tag, quoted or not, in one pass and without allocating.</summary>
public ref struct MarkupAttributes
{
    private readonly ReadOnlySpan<char> _source;
    private int _position;

    public MarkupAttributes(ReadOnlySpan<char> source)
    {
        _source = source;
    }

    public ReadOnlySpan<char> Name { get; private set; }

    /// <summary>The value as written, character references not decoded; empty for an attribute without a value.</summary>
    public ReadOnlySpan<char> Value { get; private set; }

    public bool Read()
    {
        while (_position < _source.Length && (char.IsWhiteSpace(_source[_position]) || _source[_position] is '/' or '"' or '\''))
            _position++;
        if (_position >= _source.Length)
            return false;
        var start = _position++;
        while (_position < _source.Length && !char.IsWhiteSpace(_source[_position]) && _source[_position] is not ('=' or '/'))
            _position++;
        Name = _source[start.._position];
        Value = default;
        var next = SkipWhite(_position);
        if (next >= _source.Length || _source[next] != '=')
            return true;
        _position = SkipWhite(next + 1);
        if (_position >= _source.Length)
            return true;
        var quote = _source[_position];
        if (quote is '"' or '\'')
        {
            start = _position + 1;
            var offset = _source[start..].IndexOf(quote);
            _position = offset < 0 ? _source.Length : start + offset + 1;
            Value = offset < 0 ? _source[start..] : _source.Slice(start, offset);
            return true;
        }
        start = _position;
        while (_position < _source.Length && !char.IsWhiteSpace(_source[_position]))
            _position++;
        Value = _source[start.._position];
        return true;
    }

    private readonly int SkipWhite(int at)
    {
        while (at < _source.Length && char.IsWhiteSpace(_source[at]))
            at++;
        return at;
    }
}
