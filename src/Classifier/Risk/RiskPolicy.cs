using ThreatWatch.Classifier.Elements;
using ThreatWatch.Classifier.Rules;
using ThreatWatch.Core;

namespace ThreatWatch.Classifier.Risk;

/// <summary>
/// Decides from all that is known of a post how urgent it is. Evidence adds up in log-odds: the model's, the keywords' and, from
/// Elevated on, how direct, specific and plausible the threat is. Pure: the same evidence gives the same verdict.
/// </summary>
public static class RiskPolicy
{
    /// <summary>Part of the rules' version: a change of this code is a change of the rules.</summary>
    public const string Version = "1";

    /// <summary>Log-odds of a post in a language that the model can't read, before keywords: 1 in 55.</summary>
    public const double UnreadPrior = -4;

    /// <summary>The verdict of the category with the higher level; at the same level of the likelier one, a threat before self-harm.</summary>
    public static Verdict Decide(Evidence evidence, Thresholds thresholds, Weights weights)
    {
        var threat = Decide(Category.Threat, evidence, thresholds.Threat, weights);
        var selfHarm = Decide(Category.SelfHarm, evidence, thresholds.SelfHarm, weights);
        var winner = selfHarm.Level > threat.Level || (selfHarm.Level == threat.Level && selfHarm.Probability > threat.Probability) ? selfHarm : threat;
        return evidence.IsRead ? winner with { Threat = evidence.Threat, SelfHarm = evidence.SelfHarm }
            : winner with { Threat = threat.Probability, SelfHarm = selfHarm.Probability };
    }

    /// <summary>The same for one category alone.</summary>
    public static Verdict Decide(Category category, Evidence evidence, CategoryThresholds thresholds, Weights weights)
    {
        var score = category == Category.Threat ? evidence.Threat : evidence.SelfHarm;
        var hits = evidence.Hits.Where(hit => hit.Category == category).ToList();
        var logit = (evidence.IsRead ? Logit(score) : UnreadPrior) + (weights.Keywords * hits.Sum(hit => hit.Weight));
        var level = thresholds.LevelOf(Sigmoid(logit));
        var parts = evidence.IsRead ? Specificity.Of(category, evidence.Elements) : default;
        if (level >= RiskLevel.Elevated && evidence.IsRead)
        {
            logit += parts.IsFull ? weights.Specific : parts.IsVague ? -weights.Vague : 0;
            level = Max(RiskLevel.Elevated, thresholds.LevelOf(Sigmoid(logit)));
            if (level == RiskLevel.Critical && !parts.IsFull)
                level = RiskLevel.High;
        }

        var byRule = hits.Max(hit => hit.AtLeast) ?? RiskLevel.None;
        return new Verdict(Max(level, byRule), category, Sigmoid(logit), parts, byRule > level, evidence.Threat, evidence.SelfHarm);
    }

    public static double Sigmoid(double logit) => 1 / (1 + Math.Exp(-logit));

    private static double Logit(double probability)
    {
        var p = Math.Clamp(probability, 1e-6, 1 - 1e-6);
        return Math.Log(p / (1 - p));
    }

    private static RiskLevel Max(RiskLevel a, RiskLevel b) => a > b ? a : b;
}

/// <summary>All that is known of a post.</summary>
/// <param name="Threat">The model's calibrated probability, 0 to 1.</param>
/// <param name="Language">"en", "es" or "other".</param>
/// <param name="IsRead">False where the model can't judge the text: another language, or no model; then keywords alone count.</param>
public sealed record Evidence(double Threat, double SelfHarm, string Language, bool IsRead, IReadOnlyList<Element> Elements, IReadOnlyList<RuleHit> Hits);

/// <summary>What was decided, and on what ground.</summary>
/// <param name="Category">The category that the level comes from.</param>
/// <param name="Probability">With keywords and elements counted in: this was held against the thresholds.</param>
/// <param name="ByRule">True where a keyword's "atLeast" lifted the level.</param>
/// <param name="Threat">To be stored: the model's own probability, or the keywords' where the model can't read the text.</param>
public sealed record Verdict(
    RiskLevel Level, Category Category, double Probability, Specificity Parts, bool ByRule, double Threat, double SelfHarm);
