using ThreatWatch.Classifier.Model.Encoders;
using ThreatWatch.Classifier.Model.Networks;

namespace ThreatWatch.Classifier.Model;

/// <summary>Rows with their features read once, and the fitting of all opinions on a part of them.</summary>
internal sealed class Fitting
{
    private const float L2 = 1e-6f;
    private const int Iterations = 20;

    private readonly SparseVector[] _features;
    private readonly FeatureReader _reader = new();

    public Fitting(IReadOnlyList<TrainingRow> rows, CancellationToken ct)
    {
        Rows = rows;
        _features = new SparseVector[rows.Count];
        for (var i = 0; i < rows.Count; i++)
        {
            ct.ThrowIfCancellationRequested();
            _features[i] = Read(rows[i].Text);
        }
    }

    public IReadOnlyList<TrainingRow> Rows { get; }

    /// <summary>
    /// Fits the opinions on the rows that <paramref name="use"/> picks; the blend is still to be fitted. Without a base an encoder that was
    /// tuned before is kept as it is.
    /// </summary>
    public Opinions Fit(Func<TrainingRow, bool> use, BaseEncoder? basis, int passes, Encoder? kept, TextWriter progress, CancellationToken ct)
    {
        var picked = Enumerable.Range(0, Rows.Count).Where(i => use(Rows[i])).ToList();
        var twins = picked.Where(i => Rows[i].Twin is { } twin && string.CompareOrdinal(Rows[i].Text, twin) < 0).Select(i => (_features[i], Read(Rows[i].Twin!))).ToList();
        var learnt = Enum.GetValues<Category>().Select(category => Task.Run(
            () => LinearTrainer.Fit([.. picked.Select(i => (_features[i], Rows[i].Is(category), Rows[i].Weight))], twins, L2, Iterations), ct)).ToArray();
        var committee = CommitteeTrainer.Fit([.. picked.Select(i => Rows[i])], progress, ct).AsStored();
        var linear = LinearWeights.From([.. learnt.Select(task => task.GetAwaiter().GetResult())]);
        var encoder = basis is null ? kept : EncoderFitter.Fit(basis, [.. picked.Select(i => Rows[i])], linear, passes, progress, ct);
        return new Opinions(linear, committee, encoder);
    }

    private SparseVector Read(string text)
    {
        _reader.Read(text);
        return SparseVector.From(_reader);
    }

    /// <summary>What the opinions say of rows that they have not seen.</summary>
    public List<(TrainingRow Row, Evidence Threat, Evidence SelfHarm)> Judge(Opinions opinions, Func<TrainingRow, bool> use)
    {
        var panel = new Panel(opinions.Linear, opinions.Committee, opinions.Encoder);
        var judged = new List<(TrainingRow, Evidence, Evidence)>();
        foreach (var row in Rows.Where(use))
        {
            _reader.Read(row.Text);
            var (threat, selfHarm) = panel.Judge(_reader);
            judged.Add((row, threat, selfHarm));
        }

        return judged;
    }
}

/// <summary>Everything that has an opinion on a post.</summary>
internal sealed record Opinions(LinearWeights Linear, Committee Committee, Encoder? Encoder);
