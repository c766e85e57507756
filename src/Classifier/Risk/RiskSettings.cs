using ThreatWatch.Core;

namespace ThreatWatch.Classifier.Risk;

/// <summary>The probabilities at which a post reaches each level, by category. "classifier.thresholds" of the configuration.</summary>
public sealed record Thresholds
{
    public CategoryThresholds Threat { get; init; } = new();

    /// <summary>Lower as shipped: fewer posts speak of it in jest, and a counsellor is told, not the police.</summary>
    public CategoryThresholds SelfHarm { get; init; } = new() { Low = 0.1, Elevated = 0.3, High = 0.84, Critical = 0.95 };

    public CategoryThresholds Of(Category category) => category == Category.Threat ? Threat : SelfHarm;
}

/// <summary>For one category: the lowest probability of each level; each between 0 and 1, and none below the one before.</summary>
public sealed record CategoryThresholds
{
    /// <summary>Kept for backtests; shown to nobody.</summary>
    public double Low { get; init; } = 0.2;

    /// <summary>Shown in the console; alerts nobody.</summary>
    public double Elevated { get; init; } = 0.45;

    /// <summary>Alerts. Lower: fewer threats missed, more false alarms.</summary>
    public double High { get; init; } = 0.88;

    /// <summary>Alerts with the loudest channel at once; needs a threat that is direct, specific and plausible too.</summary>
    public double Critical { get; init; } = 0.95;

    public RiskLevel LevelOf(double probability) =>
        probability >= Critical ? RiskLevel.Critical
        : probability >= High ? RiskLevel.High
        : probability >= Elevated ? RiskLevel.Elevated
        : probability >= Low ? RiskLevel.Low
        : RiskLevel.None;

    /// <summary>The threshold of a level; 0 for None.</summary>
    public double Of(RiskLevel level) => level switch
    {
        RiskLevel.Critical => Critical,
        RiskLevel.High => High,
        RiskLevel.Elevated => Elevated,
        RiskLevel.Low => Low,
        _ => 0,
    };
}

/// <summary>How much each kind of evidence weighs beside the model, in log-odds. "classifier.weights" of the configuration.</summary>
public sealed record Weights
{
    /// <summary>Factor for the weights of all keywords; 0 switches keywords off, but not their "atLeast".</summary>
    public double Keywords { get; init; } = 1;

    /// <summary>Added where a threat is direct, specific and plausible at once. 0 to 8.</summary>
    public double Specific { get; init; } = 1;

    /// <summary>
    /// Taken away where it is neither direct nor plausible: nobody says what will be done, or with what. 0 to 8; 0 as shipped, since on
    /// unseen posts it cost more veiled warnings than it spared false alarms.
    /// </summary>
    public double Vague { get; init; }
}
