using System.Buffers;
using System.Text;

namespace ThreatWatch.Ingest.Sources.Feeds.Decoding;

/// <summary>Finds which charset a document shows by its first bytes, declares in itself, or was sent with.</summary>
public static class CharsetSniffer
{
    public static readonly Encoding Windows1252;
    private static readonly SearchValues<char> TokenEnds = SearchValues.Create(" \t\r\n\"';,?");
    private static readonly UTF32Encoding Utf32BigEndian = new(bigEndian: true, byteOrderMark: true);

    static CharsetSniffer()
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        Windows1252 = Encoding.GetEncoding(1252);
    }

    /// <summary>The encoding that a byte order mark, or the zero bytes around the first characters, give away.</summary>
    public static Encoding? FromByteOrder(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 4)
            return null;
        switch (bytes[0], bytes[1], bytes[2], bytes[3])
        {
            case (0xFF, 0xFE, 0, 0): return Encoding.UTF32;
            case (0, 0, 0xFE, 0xFF): return Utf32BigEndian;
            case (0xFF, 0xFE, _, _): return Encoding.Unicode;
            case (0xFE, 0xFF, _, _): return Encoding.BigEndianUnicode;
            case (0x4C, 0x6F, 0xA7, 0x94): return Encoding.GetEncoding(37);
            case ( > 0 and < 0x80, 0, 0, 0): return Encoding.UTF32;
            case (0, 0, 0, > 0 and < 0x80): return Utf32BigEndian;
            case ( > 0 and < 0x80, 0, > 0 and < 0x80, 0): return Encoding.Unicode;
            case (0, > 0 and < 0x80, 0, > 0 and < 0x80): return Encoding.BigEndianUnicode;
            default: return null;
        }
    }

    /// <summary>The encoding name of an XML declaration, wherever it stands in the first kilobyte.</summary>
    public static string? FromXmlDeclaration(ReadOnlySpan<byte> bytes)
    {
        var head = Encoding.Latin1.GetString(bytes[..Math.Min(bytes.Length, 1024)]).AsSpan();
        var start = head.IndexOf("<?xml", StringComparison.OrdinalIgnoreCase);
        if (start < 0)
            return null;
        head = head[start..];
        var end = head.IndexOf('>');
        head = end < 0 ? head : head[..end];
        var name = head.IndexOf("encoding", StringComparison.OrdinalIgnoreCase);
        return name < 0 ? null : Token(head[(name + 8)..]);
    }

    /// <summary>The charset parameter of a Content-Type header.</summary>
    public static string? FromContentType(string? contentType)
    {
        var at = contentType?.IndexOf("charset", StringComparison.OrdinalIgnoreCase) ?? -1;
        return at < 0 ? null : Token(contentType.AsSpan(at + 7));
    }

    /// <summary>
    /// The encoding of a name, throwing <see cref="DecoderFallbackException"/> on bytes that it does not know; null for names that
    /// nobody knows. Latin-1 and ASCII mean Windows-1252 and GB2312 means GB18030, as in browsers (WHATWG Encoding).
    /// </summary>
    public static Encoding? Strict(string name)
    {
        var known = name.Trim().ToLowerInvariant() switch
        {
            "iso-8859-1" or "latin1" or "latin-1" or "l1" or "us-ascii" or "ascii" or "iso8859-1" or "iso_8859-1" or "cp1252" => "windows-1252",
            "gb2312" or "gbk" or "x-gbk" or "gb_2312-80" or "cp936" => "gb18030",
            "ks_c_5601-1987" or "euc-kr" or "euckr" or "ksc5601" or "cp949" or "uhc" => "ks_c_5601-1987",
            "iso-8859-9" => "windows-1254",
            "iso-8859-11" or "tis-620" => "windows-874",
            "sjis" or "x-sjis" or "shift-jis" or "cp932" => "shift_jis",
            "big5-hkscs" or "big5hkscs" or "cn-big5" => "big5",
            "utf8" or "utf_8" => "utf-8",
            // Every byte of these is ambiguous or dangerous: wide ones would have shown themselves before.
            "utf-7" or "utf-16" or "utf_16" or "utf-16le" or "utf-16be" or "utf-32" or "utf-32le" or "utf-32be" or "ucs-2" => "",
            var other => other,
        };
        if (known.Length == 0)
            return null;
        try
        {
            return Encoding.GetEncoding(known, EncoderFallback.ReplacementFallback, DecoderFallback.ExceptionFallback);
        }
        catch (Exception failure) when (failure is ArgumentException or NotSupportedException)
        {
            return null;
        }
    }

    private static string? Token(ReadOnlySpan<char> text)
    {
        text = text.TrimStart(" \t\r\n=:\"'");
        var end = text.IndexOfAny(TokenEnds);
        text = end < 0 ? text : text[..end];
        return text.Length is > 0 and <= 40 ? text.ToString() : null;
    }
}
