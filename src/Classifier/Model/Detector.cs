using System.Collections.Concurrent;

namespace ThreatWatch.Classifier.Model;

/// <summary>
/// Says how probable it is that a post is a threat or a cry of self-harm, and why. Thread-safe: each thread at work borrows a reader of
/// its own, so that scoring allocates next to nothing.
/// </summary>
public sealed class Detector
{
    private readonly ModelFile _model;
    private readonly ConcurrentBag<Desk> _desks = [];

    internal Detector(ModelFile model, string version) => (_model, Version) = (model, version);

    /// <summary>The first 12 hex digits of the SHA-256 of the model file.</summary>
    public string Version { get; }

    /// <exception cref="FileNotFoundException">The folder has no model.</exception>
    /// <exception cref="InvalidDataException">The file is damaged or of another version of the product.</exception>
    public static Detector Load(string modelFolder)
    {
        var bytes = File.ReadAllBytes(Path.Combine(modelFolder, ModelFile.Name));
        return new Detector(ModelFile.FromBytes(bytes), ModelFile.VersionOf(bytes));
    }

    /// <summary>Scores one post. Of a very long post the beginning and the end are read (see <see cref="Text.PlainText"/>).</summary>
    public Scores Score(string text)
    {
        var desk = Borrow();
        desk.Reader.Read(text);
        var (threat, selfHarm) = desk.Panel.Judge(desk.Reader);
        var scores = new Scores(
            _model.Threat.Probability(threat),
            _model.SelfHarm.Probability(selfHarm),
            desk.Reader.Anatomy.Language,
            desk.Reader.Anatomy.Elements(desk.Reader.Text));
        _desks.Add(desk);
        return scores;
    }

    /// <summary>What each word of the post adds to the logit of a category ("threat" or "selfHarm"), the most telling first.</summary>
    public IReadOnlyList<Contribution> Explain(string text, string category = "threat")
    {
        var which = category.Equals("selfHarm", StringComparison.OrdinalIgnoreCase) ? Category.SelfHarm : Category.Threat;
        var desk = Borrow();
        var contributions = Explanation.Of(text, desk.Reader, desk.Panel, _model, which);
        _desks.Add(desk);
        return contributions;
    }

    private Desk Borrow() => _desks.TryTake(out var desk) ? desk : new Desk(_model);

    private sealed class Desk(ModelFile model)
    {
        public FeatureReader Reader { get; } = new();

        public Panel Panel { get; } = new(model.Linear, model.Committee, model.Encoder);
    }
}
