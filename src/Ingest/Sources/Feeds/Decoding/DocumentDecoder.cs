using System.Buffers;
using System.Text;
using System.Text.Unicode;
using UtfUnknown;

namespace ThreatWatch.Ingest.Sources.Feeds.Decoding;

/// <summary>
/// Turns a fetched document into characters whatever it claims to be: byte order marks and valid UTF-8 win, then the
/// XML declaration, the HTTP charset, a guess from the bytes, and Windows-1252, under which every byte means something.
/// </summary>
public static class DocumentDecoder
{
    private const int GuessBytes = 64 * 1024;
    private static readonly SearchValues<char> IllegalCharacters = SearchValues.Create(
        "\u0000\u0001\u0002\u0003\u0004\u0005\u0006\u0007\u0008\u000b\u000c\u000e\u000f\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017" +
        "\u0018\u0019\u001a\u001b\u001c\u001d\u001e\u001f\ufffe\uffff");

    /// <summary>The document's text without byte order mark and without characters that XML forbids.</summary>
    public static string Decode(ReadOnlySpan<byte> document, string? contentType)
    {
        var text = DecodeBytes(document, contentType);
        if (text.Length > 0 && text[0] == '\uFEFF')
            text = text[1..];
        return text.AsSpan().IndexOfAny(IllegalCharacters) < 0 ? text : Strip(text);
    }

    private static string DecodeBytes(ReadOnlySpan<byte> bytes, string? contentType)
    {
        if (CharsetSniffer.FromByteOrder(bytes) is { } wide)
            return wide.GetString(bytes);
        var declared = CharsetSniffer.FromXmlDeclaration(bytes);
        var sent = CharsetSniffer.FromContentType(contentType);
        if (Utf8.IsValid(bytes) && bytes.IndexOf((byte)0x1B) < 0)
            return Encoding.UTF8.GetString(bytes);
        if (TryStrict(bytes, declared) is { } byDeclaration)
            return byDeclaration;
        if (TryStrict(bytes, sent) is { } byHeader)
            return byHeader;
        if (MostlyUtf8(bytes))
            return DecodeMixed(bytes);
        return TryStrict(bytes, Guess(bytes)) ?? CharsetSniffer.Windows1252.GetString(bytes);
    }

    private static string? TryStrict(ReadOnlySpan<byte> bytes, string? name)
    {
        if (name is null || CharsetSniffer.Strict(name) is not { } encoding)
            return null;
        try
        {
            return encoding.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    private static string? Guess(ReadOnlySpan<byte> bytes)
    {
        var first = bytes.IndexOfAnyInRange((byte)0x80, (byte)0xFF);
        var start = Math.Max(0, Math.Min(first, bytes.Length) - 1024);
        var sample = bytes.Slice(start, Math.Min(GuessBytes, bytes.Length - start)).ToArray();
        try
        {
            return CharsetDetector.DetectFromBytes(sample)?.Detected?.EncodingName;
        }
        catch (Exception)
        {
            // A detector that fails on odd bytes has no guess; Windows-1252 stands in.
            return null;
        }
    }

    // UTF-8 with a few stray bytes (a truncated character, a pasted Windows-1252 quote) is still UTF-8.
    private static bool MostlyUtf8(ReadOnlySpan<byte> bytes)
    {
        int good = 0, bad = 0;
        while (true)
        {
            var offset = bytes.IndexOfAnyInRange((byte)0x80, (byte)0xFF);
            if (offset < 0)
                return good > 0 && good >= bad;
            bytes = bytes[offset..];
            if (Rune.DecodeFromUtf8(bytes, out _, out var used) == OperationStatus.Done)
                good++;
            else
                bad++;
            bytes = bytes[used..];
        }
    }

    private static string DecodeMixed(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length);
        Span<char> pair = stackalloc char[2];
        while (bytes.Length > 0)
        {
            var offset = bytes.IndexOfAnyInRange((byte)0x80, (byte)0xFF);
            var plain = offset < 0 ? bytes : bytes[..offset];
            text.Append(Encoding.ASCII.GetString(plain));
            bytes = bytes[plain.Length..];
            if (bytes.Length == 0)
                break;
            if (Rune.DecodeFromUtf8(bytes, out var rune, out var used) == OperationStatus.Done)
                text.Append(pair[..rune.EncodeToUtf16(pair)]);
            else
                text.Append(CharsetSniffer.Windows1252.GetString(bytes[..used]));
            bytes = bytes[used..];
        }
        return text.ToString();
    }

    private static string Strip(string text)
    {
        var kept = new StringBuilder(text.Length);
        var rest = text.AsSpan();
        for (var offset = rest.IndexOfAny(IllegalCharacters); offset >= 0; offset = rest.IndexOfAny(IllegalCharacters))
        {
            kept.Append(rest[..offset]);
            rest = rest[(offset + 1)..];
        }
        return kept.Append(rest).ToString();
    }
}
