using System.Globalization;
using System.Text;
using PdfSharp.Drawing;

namespace ThreatWatch.Console.Cases;

/// <summary>Breaks a paragraph into lines, at spaces where there are some and inside a word that alone is wider than the line (addresses, ids, Chinese).</summary>
internal static class PdfLines
{
    /// <returns>At least one line; each as pieces of one font.</returns>
    public static List<IReadOnlyList<(XFont Font, string Text)>> Break(
        IEnumerable<(XFont Font, string Text)> pieces, double width, Func<string, XFont, int?, double> measure, int? page = null)
    {
        var lines = new List<IReadOnlyList<(XFont, string)>>();
        var line = new List<(XFont Font, string Text)>();
        var used = 0d;
        foreach (var word in Words(pieces))
        {
            var wide = word.Sum(part => measure(part.Text, part.Font, page));
            if (used + wide > width && line.Count > 0)
                End();
            if (wide <= width)
            {
                Take(word, wide);
                continue;
            }

            foreach (var sign in word.SelectMany(part => Signs(part.Text).Select(text => (part.Font, Text: text))))
            {
                var size = measure(sign.Text, sign.Font, page);
                if (used + size > width && line.Count > 0)
                    End();
                Take([sign], size);
            }
        }

        End();
        return lines;

        void Take(IEnumerable<(XFont, string)> word, double size)
        {
            line.AddRange(word);
            used += size;
        }

        void End()
        {
            lines.Add(Joined(line));
            (line, used) = ([], 0);
        }
    }

    // A word with the space behind it; it may change its font in the middle.
    private static IEnumerable<List<(XFont Font, string Text)>> Words(IEnumerable<(XFont Font, string Text)> pieces)
    {
        var word = new List<(XFont, string)>();
        foreach (var (font, text) in pieces)
        {
            for (var start = 0; start < text.Length;)
            {
                var space = text.IndexOf(' ', start);
                var end = space < 0 ? text.Length : space + 1;
                word.Add((font, text[start..end]));
                start = end;
                if (space < 0)
                    continue;
                yield return word;
                word = [];
            }
        }

        if (word.Count > 0)
            yield return word;
    }

    private static IEnumerable<string> Signs(string text)
    {
        var signs = StringInfo.GetTextElementEnumerator(text);
        while (signs.MoveNext())
            yield return signs.GetTextElement();
    }

    private static List<(XFont Font, string Text)> Joined(List<(XFont Font, string Text)> line)
    {
        var joined = new List<(XFont Font, string Text)>();
        var text = new StringBuilder();
        for (var i = 0; i < line.Count; i++)
        {
            text.Append(line[i].Text);
            if (i + 1 < line.Count && line[i + 1].Font == line[i].Font)
                continue;
            joined.Add((line[i].Font, text.ToString()));
            text.Clear();
        }

        return joined;
    }
}
