using System.Text;

namespace ThreatWatch.Classifier.Verbs;

/// <summary>Reads lines of bounded length, so that a file without line ends can't fill the memory.</summary>
internal sealed class LineReader(TextReader reader)
{
    /// <summary>Longer than any post; what is beyond is thrown away and the line is bad.</summary>
    public const int Longest = 1_000_000;

    private readonly char[] _buffer = new char[64 * 1024];
    private readonly StringBuilder _rest = new();
    private int _at;
    private int _size;

    /// <summary>1 for the first line.</summary>
    public int Number { get; private set; }

    /// <summary>The next line; null at the end.</summary>
    /// <param name="isTooLong">True where only its beginning is returned.</param>
    public string? Next(out bool isTooLong)
    {
        isTooLong = false;
        _rest.Clear();
        var any = false;
        while (true)
        {
            if (_at == _size)
            {
                (_at, _size) = (0, reader.Read(_buffer));
                if (_size == 0)
                    break;
            }

            any = true;
            var chunk = _buffer.AsSpan(_at, _size - _at);
            var end = chunk.IndexOf('\n');
            var part = end < 0 ? chunk : chunk[..end];
            _at += end < 0 ? chunk.Length : end + 1;
            if (end >= 0 && _rest.Length == 0)
            {
                Number++;
                return part.TrimEnd('\r').ToString();
            }

            var room = Longest - _rest.Length;
            isTooLong |= part.Length > room;
            _rest.Append(part[..Math.Min(part.Length, room)]);
            if (end >= 0)
                break;
        }

        if (!any)
            return null;
        Number++;
        return _rest.ToString().TrimEnd('\r');
    }
}
