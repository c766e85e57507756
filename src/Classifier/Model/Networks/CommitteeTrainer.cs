using ThreatWatch.Classifier.Text;

namespace ThreatWatch.Classifier.Model.Networks;

/// <summary>Builds the vocabulary from the rows to learn from and trains the members of a committee, as many at once as there are cores.</summary>
internal static class CommitteeTrainer
{
    private const int Members = 2;
    private const int Passes = 8;
    private const int Background = 60_000;
    private const int LongestRead = 160;
    private const int RareBelow = 5;

    public static Committee Fit(IReadOnlyList<TrainingRow> rows, TextWriter progress, CancellationToken ct)
    {
        var reader = new FeatureReader();
        var words = Words(rows, reader);
        var vocabulary = Committee.VocabularyOf(words);
        var others = rows.Where(row => !row.Corpus).ToArray();
        new Random(5).Shuffle(others);
        var inputs = rows.Where(row => row.Corpus).Concat(others.Take(Background)).Select(row => Row(row, reader, vocabulary)).ToList();
        var members = new NetworkParameters[Members];
        var lines = new Lock();

        // Each member has numbers of its own, so that together or one after the other they come out the same.
        Parallel.For(0, Members, new ParallelOptions { CancellationToken = ct }, member =>
        {
            var trainer = new NetworkTrainer(words.Length, 11 + member);
            for (var pass = 0; pass < Passes; pass++)
            {
                ct.ThrowIfCancellationRequested();
                var loss = trainer.Pass(inputs, 1f / (1 + (0.25f * pass)));
                lock (lines)
                    progress.WriteLine(FormattableString.Invariant($"  network {member + 1} of {Members}, pass {pass + 1} of {Passes}: loss {loss:F4}"));
            }

            members[member] = trainer.Network.Parameters;
        });

        return new Committee(words, members);
    }

    /// <summary>The words seen more than a few times, in the order of their hashes; a corpus counts double.</summary>
    private static ulong[] Words(IReadOnlyList<TrainingRow> rows, FeatureReader reader)
    {
        var counts = new Dictionary<ulong, int>();
        foreach (var row in rows)
        {
            reader.Text.Read(row.Text);
            foreach (ref readonly var token in reader.Text.Tokens)
                counts[token.Hash] = counts.GetValueOrDefault(token.Hash) + (row.Corpus ? 2 : 1);
        }

        return [.. counts.Where(count => count.Value >= RareBelow).Select(count => count.Key).Order()];
    }

    // A corpus row counts 1 here and its weight in the linear model, so that the two opinions see the same balance.
    private static NetworkRow Row(TrainingRow row, FeatureReader reader, HashIndex vocabulary) => new(
        Input(row.Text, reader, vocabulary), row.Is(Category.Threat) ? 1 : 0, row.Is(Category.SelfHarm) ? 1 : 0, row.Corpus ? 1 : row.Weight * 0.5f)
    {
        Twin = row.Twin is null ? null : Input(row.Twin, reader, vocabulary),
    };

    private static NetworkInput Input(string text, FeatureReader reader, HashIndex vocabulary)
    {
        reader.Read(text);
        var input = new NetworkInput(Math.Clamp(reader.Text.Count, 1, LongestRead));
        input.Read(reader, vocabulary, allLetters: true);
        return input;
    }
}
