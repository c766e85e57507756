using ThreatWatch.Core;

namespace ThreatWatch.Classifier.Evaluation;

/// <summary>A labelled post and what the assessor makes of it, category by category.</summary>
public sealed record JudgedPost(LabelledPost Post, double Threat, double SelfHarm, RiskLevel ThreatLevel, RiskLevel SelfHarmLevel)
{
    public double Score(Category category) => category == Category.Threat ? Threat : SelfHarm;

    public RiskLevel Level(Category category) => category == Category.Threat ? ThreatLevel : SelfHarmLevel;

    /// <summary>What would be told to people: the higher of the two.</summary>
    public RiskLevel Highest => ThreatLevel > SelfHarmLevel ? ThreatLevel : SelfHarmLevel;

    public static JudgedPost[] Judge(IReadOnlyList<LabelledPost> posts, Assessor assessor)
    {
        var judged = new JudgedPost[posts.Count];
        Parallel.For(0, posts.Count, i =>
        {
            var text = posts[i].Text;
            var scores = assessor.Score(text);
            var threat = assessor.Decide(Category.Threat, text, scores);
            var selfHarm = assessor.Decide(Category.SelfHarm, text, scores);
            judged[i] = new JudgedPost(posts[i], threat.Probability, selfHarm.Probability, threat.Level, selfHarm.Level)
            {
                Raw = (scores?.Threat ?? 0, scores?.SelfHarm ?? 0),
            };
        });
        return judged;
    }

    /// <summary>The model's own probabilities, which calibration is about.</summary>
    public (double Threat, double SelfHarm) Raw { get; init; }

    public double RawOf(Category category) => category == Category.Threat ? Raw.Threat : Raw.SelfHarm;
}
