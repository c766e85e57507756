using PdfSharp;
using PdfSharp.Drawing;
using PdfSharp.Pdf;

namespace ThreatWatch.Console.Cases;

/// <summary>Lays text out on pages, from the top down: paragraphs and rows of columns, broken where the line or the page ends.</summary>
internal sealed class PdfSheet(PdfDocument document, PdfFonts fonts, string footer) : IDisposable
{
    private const double Margin = 54;
    private const double Leading = 1.32;
    private const double FooterSize = 8;
    private readonly List<XGraphics> _pages = [];
    private double _width;
    private double _bottom;
    private double _y;

    public void Title(string text) => Text(text, 17, isBold: true, after: 6);

    public void Heading(string text)
    {
        // A heading at the foot of a page says nothing.
        Space(14);
        Need(60);
        Text(text, 12, isBold: true, after: 1);
        _pages[^1].DrawLine(new XPen(XColors.Gray, 0.5), Margin, _y, Margin + _width, _y);
        _y += 5;
    }

    public void Text(string text, double size = 9.5, bool isBold = false, double indent = 0, double after = 2, bool isQuiet = false)
    {
        foreach (var line in text.ReplaceLineEndings("\n").Split('\n'))
            Row([(line, 1)], size, isBold, indent, isQuiet);
        Space(after);
    }

    /// <summary>Words of others, with a bar beside them.</summary>
    public void Quote(string text)
    {
        foreach (var line in text.ReplaceLineEndings("\n").Split('\n'))
            Row([(line, 1)], 10.5, indent: 12, hasBar: true);
        Space(4);
    }

    /// <param name="cells">Each with its share of the width.</param>
    public void Row(IReadOnlyList<(string Text, double Share)> cells, double size = 8.5, bool isBold = false, double indent = 0, bool isQuiet = false, bool hasBar = false)
    {
        Need(size * Leading);
        var whole = cells.Sum(cell => cell.Share);
        var columns = cells.Select(cell => PdfLines.Break(fonts.Pieces(cell.Text, size, isBold), ((_width - indent) * cell.Share / whole) - (cells.Count > 1 ? 6 : 0), Measure)).ToList();
        for (var line = 0; line < Math.Max(1, columns.Max(column => column.Count)); line++)
        {
            Need(size * Leading);
            var x = Margin + indent;
            for (var i = 0; i < cells.Count; i++)
            {
                if (line < columns[i].Count)
                    Draw(columns[i][line], x, _y + size, isQuiet ? XBrushes.DimGray : XBrushes.Black);
                x += (_width - indent) * cells[i].Share / whole;
            }

            if (hasBar)
                _pages[^1].DrawRectangle(XBrushes.Firebrick, Margin, _y, 3, size * Leading);
            _y += size * Leading;
        }

        _y += cells.Count > 1 ? 2 : 0;
    }

    /// <summary>Writes the foot of each page, when their number is known.</summary>
    public void Dispose()
    {
        for (var i = 0; i < _pages.Count; i++)
        {
            var line = PdfLines.Break(fonts.Pieces($"{footer} · page {i + 1} of {_pages.Count}", FooterSize, false), _width, Measure, i)[0];
            Draw(line, Margin, _bottom + 24, XBrushes.DimGray, i);
            _pages[i].Dispose();
        }
    }

    private void Draw(IReadOnlyList<(XFont Font, string Text)> line, double x, double y, XBrush brush, int? page = null)
    {
        var graphics = _pages[page ?? (_pages.Count - 1)];
        foreach (var (font, text) in line)
        {
            graphics.DrawString(text, font, brush, x, y);
            x += graphics.MeasureString(text, font).Width;
        }
    }

    private double Measure(string text, XFont font, int? page) => _pages[page ?? (_pages.Count - 1)].MeasureString(text, font).Width;

    private void Space(double points) => _y += points;

    private void Need(double height)
    {
        if (_pages.Count > 0 && _y + height <= _bottom)
            return;
        var page = document.AddPage();
        page.Size = PageSize.Letter;
        _pages.Add(XGraphics.FromPdfPage(page));
        (_width, _bottom, _y) = (page.Width.Point - (2 * Margin), page.Height.Point - Margin - 18, Margin);
    }
}
