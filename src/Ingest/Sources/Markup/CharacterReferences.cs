using System.Net;
using System.Text;

namespace ThreatWatch.Ingest.Sources.Markup;

/// <summary>Replaces character references by what browsers show for them, undeclared HTML names in XML included.</summary>
public static class CharacterReferences
{
    private const int LongestName = 32;
    private const string Windows1252 =
        "\u20ac\u0081\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\u008d\u017d\u008f" +
        "\u0090\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\u009d\u017e\u0178";

    // HTML 4 names come from the platform; these are the HTML 5 names for characters that text is really made of.
    private static readonly Dictionary<string, string> Html5Names = new(StringComparer.Ordinal)
    {
        ["Tab"] = "\t", ["NewLine"] = "\n", ["excl"] = "!", ["num"] = "#", ["dollar"] = "$", ["percnt"] = "%", ["lpar"] = "(",
        ["rpar"] = ")", ["ast"] = "*", ["plus"] = "+", ["comma"] = ",", ["period"] = ".", ["sol"] = "/", ["colon"] = ":",
        ["semi"] = ";", ["equals"] = "=", ["quest"] = "?", ["commat"] = "@", ["lsqb"] = "[", ["lbrack"] = "[", ["bsol"] = "\\",
        ["rsqb"] = "]", ["rbrack"] = "]", ["Hat"] = "^", ["lowbar"] = "_", ["grave"] = "`", ["lcub"] = "{", ["lbrace"] = "{",
        ["vert"] = "|", ["verbar"] = "|", ["rcub"] = "}", ["rbrace"] = "}", ["hyphen"] = "\u2010", ["dash"] = "\u2010",
        ["horbar"] = "\u2015", ["nldr"] = "\u2025", ["mldr"] = "\u2026", ["check"] = "\u2713", ["cross"] = "\u2717",
        ["star"] = "\u2606", ["starf"] = "\u2605", ["hairsp"] = "\u200a", ["puncsp"] = "\u2008", ["numsp"] = "\u2007",
        ["NoBreak"] = "\u2060", ["ZeroWidthSpace"] = "\u200b", ["AMP"] = "&", ["LT"] = "<", ["GT"] = ">", ["QUOT"] = "\"",
        ["COPY"] = "\u00a9", ["REG"] = "\u00ae", ["rdquor"] = "\u201d", ["ldquor"] = "\u201e", ["rsquor"] = "\u2019",
        ["lsquor"] = "\u201a", ["apos"] = "'", ["Scaron"] = "\u0160", ["ccaron"] = "\u010d", ["Ccaron"] = "\u010c",
        ["zcaron"] = "\u017e", ["Zcaron"] = "\u017d", ["lstrok"] = "\u0142", ["Lstrok"] = "\u0141", ["inodot"] = "\u0131",
        ["gbreve"] = "\u011f", ["Gbreve"] = "\u011e", ["scedil"] = "\u015f", ["Scedil"] = "\u015e", ["Idot"] = "\u0130",
    };

    /// <summary>The text with its references decoded; <paramref name="entities"/> are those that the document itself declares.</summary>
    public static string Decode(ReadOnlySpan<char> text, DeclaredEntities? entities = null)
    {
        if (text.IndexOf('&') < 0)
            return text.ToString();
        var result = new StringBuilder(text.Length);
        Append(result, text, entities);
        return result.ToString();
    }

    /// <summary>Appends the text with its references decoded.</summary>
    public static void Append(StringBuilder result, ReadOnlySpan<char> text, DeclaredEntities? entities = null)
    {
        while (true)
        {
            var offset = text.IndexOf('&');
            if (offset < 0)
            {
                result.Append(text);
                return;
            }
            result.Append(text[..offset]);
            text = text[offset..];
            var used = text.Length > 1 && text[1] == '#' ? AppendNumeric(result, text) : AppendNamed(result, text, entities);
            if (used == 0)
            {
                result.Append('&');
                used = 1;
            }
            text = text[used..];
        }
    }

    /// <summary>Whether the text holds something that <see cref="Decode"/> would replace.</summary>
    public static bool HasReference(ReadOnlySpan<char> text)
    {
        var scratch = new StringBuilder();
        for (var offset = text.IndexOf('&'); offset >= 0; offset = text.IndexOf('&'))
        {
            text = text[offset..];
            var used = text.Length > 1 && text[1] == '#' ? AppendNumeric(scratch, text) : AppendNamed(scratch, text, null);
            if (used > 0)
                return true;
            text = text[1..];
        }
        return false;
    }

    private static int AppendNamed(StringBuilder result, ReadOnlySpan<char> text, DeclaredEntities? entities)
    {
        var end = 1;
        while (end < text.Length && end <= LongestName && (char.IsAsciiLetterOrDigit(text[end]) || text[end] is '_' or '-' or '.' or ':'))
            end++;
        if (end == 1 || end >= text.Length || text[end] != ';')
            return 0;
        var name = text[1..end];
        switch (name)
        {
            case "amp": result.Append('&'); return end + 1;
            case "lt": result.Append('<'); return end + 1;
            case "gt": result.Append('>'); return end + 1;
            case "quot": result.Append('"'); return end + 1;
            case "apos": result.Append('\''); return end + 1;
            case "nbsp": result.Append('\u00a0'); return end + 1;
        }
        if (entities is not null && entities.TryAppend(result, name))
            return end + 1;
        var key = name.ToString();
        if (Html5Names.TryGetValue(key, out var value))
        {
            result.Append(value);
            return end + 1;
        }
        var written = text[..(end + 1)].ToString();
        var decoded = WebUtility.HtmlDecode(written);
        if (decoded == written)
            return 0;
        result.Append(decoded);
        return end + 1;
    }

    private static int AppendNumeric(StringBuilder result, ReadOnlySpan<char> text)
    {
        var used = ParseNumeric(text, out var code);
        if (used == 0)
            return 0;
        if (code is >= 0xD800 and <= 0xDBFF)
        {
            // Some publishers write an emoji as two references to its surrogates.
            var second = ParseNumeric(text[used..], out var low);
            if (second > 0 && low is >= 0xDC00 and <= 0xDFFF)
            {
                result.Append((char)code).Append((char)low);
                return used + second;
            }
        }
        if (code is >= 0x80 and <= 0x9F)
            result.Append(Windows1252[code - 0x80]);
        else if (code is 0 or > 0x10FFFF or (>= 0xD800 and <= 0xDFFF))
            result.Append('\uFFFD');
        else if (code >= 0x20 || code is '\t' or '\n' or '\r')
            result.Append(new Rune(code).ToString());
        return used;
    }

    private static int ParseNumeric(ReadOnlySpan<char> text, out int code)
    {
        code = 0;
        if (text.Length < 3 || text[0] != '&' || text[1] != '#')
            return 0;
        var isHex = text[2] is 'x' or 'X';
        var at = isHex ? 3 : 2;
        var start = at;
        while (at < text.Length && (isHex ? char.IsAsciiHexDigit(text[at]) : char.IsAsciiDigit(text[at])))
        {
            var digit = char.IsAsciiDigit(text[at]) ? text[at] - '0' : (text[at] | 0x20) - 'a' + 10;
            code = code > 0x10FFFF ? code : (code * (isHex ? 16 : 10)) + digit;
            at++;
        }
        if (at == start)
            return 0;
        return at < text.Length && text[at] == ';' ? at + 1 : at;
    }
}
