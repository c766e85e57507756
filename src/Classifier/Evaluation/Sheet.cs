using System.Text;

namespace ThreatWatch.Classifier.Evaluation;

/// <summary>A document of headings, sentences and tables that is written as plain text for a terminal or as Markdown for a model's card.</summary>
internal sealed class Sheet
{
    private readonly List<(string? Heading, string? Text, IReadOnlyList<string[]>? Rows)> _parts = [];

    public void Heading(string text) => _parts.Add((text, null, null));

    public void Say(string text) => _parts.Add((null, text, null));

    /// <param name="rows">The first row is the head.</param>
    public void Table(IReadOnlyList<string[]> rows) => _parts.Add((null, null, rows));

    public string ToText()
    {
        var text = new StringBuilder();
        foreach (var (heading, sentence, rows) in _parts)
        {
            if (heading is not null)
                text.Append('\n').Append(heading).Append('\n').Append('-', heading.Length).Append('\n');
            else if (sentence is not null)
                text.Append(sentence).Append('\n');
            else
                Align(text, rows!);
        }

        return text.ToString();
    }

    public string ToMarkdown(string title)
    {
        var text = new StringBuilder($"# {title}\n");
        foreach (var (heading, sentence, rows) in _parts)
        {
            if (heading is not null)
                text.Append("\n## ").Append(heading).Append('\n');
            else if (sentence is not null)
                text.Append('\n').Append(sentence).Append('\n');
            else
            {
                text.Append('\n');
                for (var i = 0; i < rows!.Count; i++)
                {
                    text.Append("| ").AppendJoin(" | ", rows[i].Select(cell => cell.Replace("|", "\\|", StringComparison.Ordinal))).Append(" |\n");
                    if (i == 0)
                        text.Append("|---").Append(string.Concat(Enumerable.Repeat("|---", rows[0].Length - 1))).Append("|\n");
                }
            }
        }

        return text.ToString();
    }

    private static void Align(StringBuilder text, IReadOnlyList<string[]> rows)
    {
        var widths = Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length)).ToArray();
        foreach (var row in rows)
            text.Append(string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd()).Append('\n');
    }
}
