namespace ThreatWatch.Classifier.Model;

/// <summary>
/// Reads labelled posts from folders: *.ndjson are corpora written for this purpose (text, label, family, lang, pair) and count most;
/// *.tsv (text, label, detail) are public sets for other purposes, whose idea of a threat is looser the further they are from ours.
/// </summary>
internal static class TrainingData
{
    private static readonly Dictionary<string, (float Threat, float Other)> SetWeights = new()
    {
        ["threatgram101"] = (0.1f, 0.3f),
        ["edos"] = (0.2f, 1f),
        ["gab_hate_corpus"] = (0.3f, 1f),
        ["hatemoji"] = (0.5f, 1f),
        ["jigsaw_toxicoverflow"] = (0.8f, 1f),
        ["jigsaw_misc"] = (0.5f, 1f),
    };

    /// <summary>All rows in a stable order, equal texts once (the first one counts, corpora before sets).</summary>
    /// <exception cref="InvalidDataException">Lines of corpora can't be used: every one with its place, since a label misspelt would be learnt as harmless.</exception>
    public static List<TrainingRow> Read(IReadOnlyList<string> folders)
    {
        var files = folders.SelectMany(folder => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)).ToList();
        var problems = new List<string>();
        var corpora = files.Where(f => f.EndsWith(".ndjson", StringComparison.Ordinal)).OrderBy(Path.GetFileName, StringComparer.Ordinal).SelectMany(f => CorpusFile.Read(f, problems)).ToList();
        if (problems.Count > 0)
            throw new InvalidDataException(string.Join(Environment.NewLine, problems));
        var sets = files.Where(f => f.EndsWith(".tsv", StringComparison.Ordinal)).OrderBy(Path.GetFileName, StringComparer.Ordinal).SelectMany(ReadSet);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        return [.. corpora.Concat(sets).Where(row => row.Text.Length > 0 && seen.Add(row.Text))];
    }

    private static IEnumerable<TrainingRow> ReadSet(string path)
    {
        var set = Path.GetFileNameWithoutExtension(path);
        foreach (var line in File.ReadLines(path).Skip(1))
        {
            var cells = line.Split('\t');
            if (cells.Length < 3)
                continue;
            var threat = cells[1] == "threat";
            var weights = SetWeights.GetValueOrDefault(set, (0.5f, 1f));
            var weight = threat ? weights.Item1 : weights.Item2;
            // Nobody looked for threats in these: the words of violence in them may be one.
            if (cells[2].EndsWith("check_violence_kw", StringComparison.Ordinal))
                weight *= 0.4f;
            else if (cells[1] == "nonthreat_mixed")
                weight *= 0.7f;
            yield return new TrainingRow(cells[0], threat ? "threat" : "benign", cells[1], set, null, false, weight);
        }
    }
}
