using ThreatWatch.Classifier.Model;
using ThreatWatch.Classifier.Risk;
using ThreatWatch.Classifier.Rules;
using ThreatWatch.Core;
using Category = ThreatWatch.Core.Category;
using ThreatWatch.Platform.Storage;
using Evidence = ThreatWatch.Classifier.Risk.Evidence;

namespace ThreatWatch.Classifier;

/// <summary>One setting that judges posts: a model, the keywords, the thresholds. Immutable and thread-safe; an edit makes a new one.</summary>
public sealed class Assessor(Detector? detector, Ruleset rules, string rulesVersion, Thresholds thresholds, Weights weights)
{
    /// <summary>The model's version where there is none: keywords alone judge.</summary>
    public const string NoModel = "none";

    public Detector? Detector { get; } = detector;

    public string ModelVersion { get; } = detector?.Version ?? NoModel;

    /// <summary>Hash of keywords, thresholds, weights and the policy that applies them.</summary>
    public string RulesVersion { get; } = rulesVersion;

    public Thresholds Thresholds { get; } = thresholds;

    public static string VersionOf(IReadOnlyList<KeywordList> lists, Thresholds thresholds, Weights weights) =>
        Ids.Hash($"{RiskPolicy.Version}\n{Json.Write(lists)}\n{Json.Write(thresholds)}\n{Json.Write(weights)}")[..12];

    /// <summary>True where both give the same rows.</summary>
    public bool IsLike(Assessor other) => other.ModelVersion == ModelVersion && other.RulesVersion == RulesVersion;

    /// <summary>What the model says; null without one.</summary>
    public Scores? Score(string text) => Detector?.Score(text);

    /// <summary>Judges a text. <paramref name="scores"/> is what <see cref="Score"/> said of it, or of an assessor with the same model.</summary>
    public Verdict Decide(string text, Scores? scores) => RiskPolicy.Decide(Gather(text, scores), Thresholds, weights);

    /// <summary>The same for one category alone, whatever the other says.</summary>
    public Verdict Decide(Category category, string text, Scores? scores) =>
        RiskPolicy.Decide(category, Gather(text, scores), Thresholds.Of(category), weights);

    /// <summary>Judges a post and gives its reasons.</summary>
    public Assessment Assess(Post post, DateTimeOffset now)
    {
        var assessment = Assess(post.Id, post.FullText, now);
        if (!post.IsDrill || assessment.Level >= RiskLevel.High)
            return assessment;
        // A drill tries the way from the post to the phone; it must not end here because the model sees through it.
        var note = new Reason(ReasonKind.Note, $"a drill counts as High; judged by itself it would be {assessment.Level}", -1, 0, 0);
        return assessment with { Level = RiskLevel.High, Category = Category.Threat, Reasons = [note, .. assessment.Reasons] };
    }

    public Assessment Assess(string id, string text, DateTimeOffset now)
    {
        var (scores, evidence) = Gather(text);
        var verdict = RiskPolicy.Decide(evidence, Thresholds, weights);
        return new Assessment(
            id, verdict.Level, verdict.Category, verdict.Threat, verdict.SelfHarm, Reasons(text, scores, evidence, verdict), ModelVersion, RulesVersion, evidence.Language, now);
    }

    /// <summary>The reasons of a verdict on a text.</summary>
    public IReadOnlyList<Reason> Reasons(string text, Scores? scores, Verdict verdict) => Reasons(text, scores, Gather(text, scores), verdict);

    private IReadOnlyList<Reason> Reasons(string text, Scores? scores, Evidence evidence, Verdict verdict)
    {
        if (verdict.Level == RiskLevel.None && evidence.IsRead && evidence.Hits.Count == 0)
            return [];
        // Leaving out word after word costs many times the judgement itself: what is Low is shown to nobody, and what is Elevated alerts nobody.
        var words = verdict.Level >= RiskLevel.Elevated && evidence.IsRead
            ? Detector!.Explain(text, verdict.Category == Category.Threat ? Model.Category.Threat : Model.Category.SelfHarm, scores!, thorough: verdict.Level >= RiskLevel.High)
            : [];
        return Reasoning.Of(text, evidence, verdict, words, Thresholds.Of(verdict.Category), weights);
    }

    /// <summary>The model and the keywords read the text once between them.</summary>
    private (Scores? Scores, Evidence Evidence) Gather(string text)
    {
        if (Detector is null)
            return (null, Gather(text, null));
        IReadOnlyList<RuleHit> hits = [];
        var scores = Detector.Score(text, (plain, language) => hits = rules.Match(plain, language));
        return (scores, Evidence(scores, scores.Language, hits));
    }

    private Evidence Gather(string text, Scores? scores)
    {
        var language = scores?.Language ?? "other";
        return Evidence(scores, language, rules.Match(text, language));
    }

    private static Evidence Evidence(Scores? scores, string language, IReadOnlyList<RuleHit> hits) =>
        new(scores?.Threat ?? 0, scores?.SelfHarm ?? 0, language, scores is not null && language != "other", scores?.Elements ?? [], hits);
}
