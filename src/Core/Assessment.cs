namespace ThreatWatch.Core;

/// <summary>What the classifier says of one revision of a post; written once for each version of model and rules.</summary>
/// <param name="PostId">The revision that was judged.</param>
/// <param name="Level">The higher of the two categories' levels.</param>
/// <param name="Category">The category that <paramref name="Level"/> comes from.</param>
/// <param name="Threat">Calibrated probability, 0 to 1.</param>
/// <param name="SelfHarm">Calibrated probability, 0 to 1.</param>
/// <param name="Reasons">In the order of their weight.</param>
/// <param name="ModelVersion">Hash of the model's file.</param>
/// <param name="RulesVersion">Hash of keywords and thresholds.</param>
/// <param name="Language">"en", "es" or "other".</param>
public sealed record Assessment(
    string PostId,
    RiskLevel Level,
    Category Category,
    double Threat,
    double SelfHarm,
    IReadOnlyList<Reason> Reasons,
    string ModelVersion,
    string RulesVersion,
    string Language,
    DateTimeOffset AssessedAt);

/// <summary>One reason of an assessment, shown to the officer.</summary>
/// <param name="Kind">Where it comes from.</param>
/// <param name="Text">The words of the post, or a sentence of ours.</param>
/// <param name="Start">Offset in <see cref="Post.FullText"/>, UTF-16 units; -1 where it belongs to no place.</param>
/// <param name="Length">UTF-16 units.</param>
/// <param name="Weight">Its share in the score (log-odds for words, rule weight for rules); larger is stronger.</param>
public sealed record Reason(ReasonKind Kind, string Text, int Start, int Length, double Weight);

/// <summary>Where a reason comes from.</summary>
public enum ReasonKind
{
    /// <summary>A word or phrase that the model weighs.</summary>
    Word,

    /// <summary>A part of a threat: intent, means, target, time, place.</summary>
    Element,

    /// <summary>A keyword rule of the district.</summary>
    Rule,

    /// <summary>The score against the threshold.</summary>
    Score,

    /// <summary>Something said about the judgement itself: another language, a cut text.</summary>
    Note,
}
