using System.Collections.Concurrent;
using ThreatWatch.Classifier.Text;

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

    /// <summary>Scores one post. Of a very long post the beginning and the end are read (see <see cref="PlainText"/>).</summary>
    public Scores Score(string text) => Score(text, null);

    /// <summary>The same; <paramref name="also"/> may read the post made plain, with its language, as long as the call lasts.</summary>
    internal Scores Score(string text, Action<PlainText, string>? also)
    {
        var desk = Borrow();
        desk.Reader.Read(text);
        var (threat, selfHarm) = desk.Panel.Judge(desk.Reader);
        var scores = new Scores(
            _model.Threat.Probability(threat),
            _model.SelfHarm.Probability(selfHarm),
            desk.Reader.Anatomy.Language,
            desk.Reader.Anatomy.Elements(desk.Reader.Text))
        {
            Opinions = (threat, selfHarm),
        };
        also?.Invoke(desk.Reader.Text, scores.Language);
        _desks.Add(desk);
        return scores;
    }

    /// <summary>What each word of the post adds to the logit of a category ("threat" or "selfHarm"), the most telling first.</summary>
    public IReadOnlyList<Contribution> Explain(string text, string category = "threat") => Explain(
        text, category.Equals("selfHarm", StringComparison.OrdinalIgnoreCase) ? Category.SelfHarm : Category.Threat, Score(text), thorough: true);

    /// <param name="text">The post.</param>
    /// <param name="category">What it is explained as.</param>
    /// <param name="scores">What <see cref="Score(string)"/> said of it.</param>
    /// <param name="thorough">Whether all opinions are asked again without each word; else the encoder's, which costs most, is taken to stay.</param>
    internal IReadOnlyList<Contribution> Explain(string text, Category category, Scores scores, bool thorough)
    {
        var (threat, selfHarm) = (scores.Opinions ?? Score(text).Opinions)!.Value;
        var desk = Borrow();
        var contributions = new Explanation(desk.Reader, desk.Panel, _model, category).Of(text, category == Category.Threat ? threat : selfHarm, thorough);
        _desks.Add(desk);
        return contributions;
    }

    private Desk Borrow() => _desks.TryTake(out var desk) ? desk : new Desk(_model);

    private sealed class Desk(ModelFile model)
    {
        public FeatureReader Reader { get; } = new(model.Linear);

        public Panel Panel { get; } = new(model.Linear, model.Committee, model.Encoder);
    }
}
