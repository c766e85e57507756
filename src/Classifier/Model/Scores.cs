using ThreatWatch.Classifier.Elements;

namespace ThreatWatch.Classifier.Model;

/// <summary>What the model says of one post: calibrated probabilities (0..1), the language (en, es or other) and the elements found, in text order.</summary>
public sealed record Scores(double Threat, double SelfHarm, string Language, IReadOnlyList<Element> Elements)
{
    /// <summary>The opinions behind the probabilities; none where they were not read just now.</summary>
    internal (Evidence Threat, Evidence SelfHarm)? Opinions { get; init; }

    internal double Of(Category category) => category == Category.Threat ? Threat : SelfHarm;
}

/// <summary>A stretch of the original text and what it adds to the logit of a category: positive speaks for it.</summary>
public sealed record Contribution(string Text, int Start, int Length, double Weight);
