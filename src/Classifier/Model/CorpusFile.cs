using System.Text.Json;

namespace ThreatWatch.Classifier.Model;

/// <summary>One NDJSON file of a corpus: {text, label, family, lang, pair} a line, of which text and label are needed (models/corpus/GUIDE.md).</summary>
internal static class CorpusFile
{
    private const float Weight = 6;

    private static readonly string[] Labels = ["threat", "selfharm", "benign"];

    /// <summary>Its rows in their order; lines that can't be used go to <paramref name="problems"/> with their place.</summary>
    public static List<TrainingRow> Read(string path, List<string> problems)
    {
        var lines = File.ReadLines(path).Select((text, index) => (Text: text, Place: $"{path}:{index + 1}"))
            .Where(line => !string.IsNullOrWhiteSpace(line.Text))
            .Select(line => Parse(line.Text, line.Place, problems)).OfType<Line>().ToList();
        var twins = lines.Where(line => line.IsTwin).ToLookup(line => line.Pair!, StringComparer.Ordinal);
        foreach (var twin in twins)
            Check([.. twin], problems);
        var set = Path.GetFileNameWithoutExtension(path);
        return [.. lines.Select(line => new TrainingRow(line.Text, line.Label, line.Family, set, line.Pair, true, Weight)
        {
            Twin = line.IsTwin ? twins[line.Pair!].FirstOrDefault(other => other.Text != line.Text)?.Text : null,
        })];
    }

    private static Line? Parse(string json, string place, List<string> problems)
    {
        try
        {
            var row = JsonSerializer.Deserialize<JsonElement>(json);
            if (row.ValueKind != JsonValueKind.Object || Value(row, "text") is not { } text || Value(row, "label") is not { } label)
                problems.Add($"{place}: a line needs \"text\" and \"label\", both strings");
            else if (!Labels.Contains(label))
                problems.Add($"{place}: \"label\" is \"{label}\"; it is one of {string.Join(", ", Labels)}");
            else
                return new Line(text, label, Value(row, "family") ?? "", row.TryGetProperty("pair", out var pair) ? pair.ToString() : null, place);
        }
        catch (JsonException exception)
        {
            problems.Add($"{place}: not JSON from byte {exception.BytePositionInLine + 1} on");
        }

        return null;
    }

    private static string? Value(JsonElement row, string name) =>
        row.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static void Check(Line[] twin, List<string> problems)
    {
        if (twin.Length != 2 || twin[0].Text == twin[1].Text)
            problems.Add($"{twin[0].Place}: pair \"{twin[0].Pair}\" of family \"{twin[0].Family}\" is no twin: two lines with different texts share its name");
        else if (twin[0].Label != twin[1].Label)
            problems.Add($"{twin[1].Place}: \"label\" is \"{twin[1].Label}\", in the line's twin {twin[0].Place} it is \"{twin[0].Label}\"; twins say the same");
    }

    private sealed record Line(string Text, string Label, string Family, string? Pair, string Place)
    {
        /// <summary>Families of this name are pairs of one meaning and one label in two varieties of English.</summary>
        public bool IsTwin => Pair is not null && Family.StartsWith("twin_", StringComparison.Ordinal);
    }
}
