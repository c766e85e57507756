using static ThreatWatch.Classifier.Model.Encoders.EncoderShape;

namespace ThreatWatch.Classifier.Model.Encoders;

/// <summary>Makes an encoder from a base one: keeps the pieces that our posts use and tunes it on them.</summary>
internal static class EncoderFitter
{
    /// <summary>Posts of public sets beside the corpora: some at random, and those that the linear models take most for a danger.</summary>
    private const int Drawn = 20_000;
    private const int Hard = 10_000;

    public static Encoder Fit(BaseEncoder basis, IReadOnlyList<TrainingRow> rows, LinearWeights linear, int passes, TextWriter progress, CancellationToken ct)
    {
        var reader = new FeatureReader();
        var scorer = new LinearScorer(linear);
        var picked = rows.Where(row => row.Corpus).Concat(Background(rows, reader, scorer)).ToList();
        var all = basis.All;
        var used = new HashSet<int>();
        foreach (var row in picked)
            used.UnionWith(Read(row.Text, reader, scorer, all).Pieces.ToArray());
        var (pieces, parameters) = basis.Keep(used);
        var learnt = picked.Select(row => new EncoderRow(
            Read(row.Text, reader, scorer, pieces), row.Is(Category.Threat) ? 1 : 0, row.Is(Category.SelfHarm) ? 1 : 0, row.Corpus ? 1 : row.Weight * 0.5f)
        {
            Twin = row.Twin is { } twin ? Read(twin, reader, scorer, pieces) : null,
        }).ToList();
        new EncoderTrainer(parameters).Run(
            learnt, passes, (percent, loss) => progress.WriteLine(FormattableString.Invariant($"  encoder, {percent,3}%: loss {loss:F4}")), ct);
        EncoderFile.Round(parameters);
        return new Encoder(pieces, parameters);
    }

    private static IEnumerable<TrainingRow> Background(IReadOnlyList<TrainingRow> rows, FeatureReader reader, LinearScorer scorer)
    {
        var others = rows.Where(row => !row.Corpus).ToArray();
        new Random(5).Shuffle(others);
        var hardest = others.Skip(Drawn).Where(row => !row.Is(Category.Threat)).Select((row, at) =>
        {
            reader.Read(row.Text);
            var (threat, selfHarm) = scorer.Score(reader);
            return (row, at, logit: Math.Max(threat.Sentence, selfHarm.Sentence));
        });
        return [.. others.Take(Drawn), .. hardest.OrderByDescending(o => o.logit).ThenBy(o => o.at).Take(Hard).Select(o => o.row)];
    }

    private static PieceRow Read(string text, FeatureReader reader, LinearScorer scorer, WordPieces pieces)
    {
        reader.Read(text);
        scorer.Score(reader);
        var (ids, kinds) = (new int[Longest], new ulong[Longest]);
        var count = pieces.Read(reader, Encoder.Begin(pieces, reader, scorer.Telling), ids, kinds);
        return new PieceRow(ids.AsMemory(0, count), kinds.AsMemory(0, count));
    }
}
