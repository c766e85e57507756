using System.Globalization;
using System.Text;
using PdfSharp.Drawing;
using PdfSharp.Fonts;
using PdfSharp.WPFonts;

namespace ThreatWatch.Console.Cases;

/// <summary>
/// The type of a case file. One face comes with the library, so that a server without fonts writes the same file; what it has no sign for
/// (emoji, other scripts) is looked for in the fonts of the machine, and what no font has is written by its number, since a sign left out may be the threat.
/// </summary>
internal sealed class PdfFonts
{
    private const string Own = "ThreatWatch";

    // By name: to read every font of a machine takes longer than to write the file.
    private static readonly string[] Names =
    [
        "DejaVuSans.ttf", "NotoSans-Regular.ttf", "NotoSansSymbols2-Regular.ttf", "NotoEmoji-Regular.ttf", "Symbola_hint.ttf", "seguisym.ttf", "NotoSansArabic-Regular.ttf",
        "NotoSansHebrew-Regular.ttf", "NotoSansDevanagari-Regular.ttf", "NotoSansThai-Regular.ttf", "FreeSans.ttf", "DroidSansFallbackFull.ttf", "unifont.ttf",
    ];

    private readonly List<string> _others;
    private readonly Dictionary<(string Family, double Size, bool IsBold), XFont> _fonts = [];

    static PdfFonts() => GlobalFontSettings.FontResolver = new Faces();

    /// <param name="folders">Where further fonts are looked for; those of the system where it is null.</param>
    public PdfFonts(IReadOnlyList<string>? folders = null)
    {
        var files = (folders ?? ["/usr/share/fonts", "/usr/local/share/fonts", Environment.GetFolderPath(Environment.SpecialFolder.Fonts)])
            .Where(Directory.Exists)
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*.ttf", new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true }))
            .ToLookup(file => Path.GetFileName(file), StringComparer.OrdinalIgnoreCase);
        _others = [.. Names.Select(name => files[name].FirstOrDefault()).OfType<string>()];
    }

    /// <summary>A text as pieces of one font each; joined they are the text as it can be shown.</summary>
    public IEnumerable<(XFont Font, string Text)> Pieces(string text, double size, bool isBold)
    {
        var (current, piece) = (Of(Own, size, isBold)!, new StringBuilder());
        foreach (var rune in text.EnumerateRunes())
        {
            if (IsSilent(rune))
                continue;
            var font = FontFor(rune, size, isBold);
            var next = font ?? Of(Own, size, isBold)!;
            if (next != current && piece.Length > 0)
            {
                yield return (current, piece.ToString());
                piece.Clear();
            }

            current = next;
            piece.Append(font is null ? string.Create(CultureInfo.InvariantCulture, $"[U+{rune.Value:X4}]") : rune.ToString());
        }

        if (piece.Length > 0)
            yield return (current, piece.ToString());
    }

    private XFont? FontFor(Rune rune, double size, bool isBold)
    {
        foreach (var family in _others.Prepend(Own))
        {
            if (Of(family, size, isBold) is { } font && GlyphHelper.GlyphIndexFromCodePoint(rune.Value, font) != 0)
                return font;
        }

        return null;
    }

    // Null for a file that is no font after all.
    private XFont? Of(string family, double size, bool isBold)
    {
        if (_fonts.TryGetValue((family, size, isBold), out var known))
            return known;
        try
        {
            return _fonts[(family, size, isBold)] = new XFont(family, size, isBold ? XFontStyleEx.Bold : XFontStyleEx.Regular);
        }
        catch (Exception) when (family != Own)
        {
            _others.Remove(family);
            return null;
        }
    }

    // Joiners, variation selectors and marks of direction have no shape of their own.
    private static bool IsSilent(Rune rune) => Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format || rune.Value is >= 0xFE00 and <= 0xFE0F;

    private sealed class Faces : IFontResolver
    {
        public FontResolverInfo? ResolveTypeface(string familyName, bool isBold, bool isItalic) =>
            familyName == Own ? new FontResolverInfo(isBold ? "bold" : "regular") : new FontResolverInfo(familyName, isBold, false);

        public byte[]? GetFont(string faceName) => faceName switch
        {
            "regular" => FontDataHelper.SegoeWP,
            "bold" => FontDataHelper.SegoeWPBold,
            _ => File.ReadAllBytes(faceName),
        };
    }
}
