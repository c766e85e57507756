using ThreatWatch.Classifier.Elements;
using ThreatWatch.Classifier.Risk;
using ThreatWatch.Classifier.Rules;
using ThreatWatch.Core;

namespace ThreatWatch.Tests.Classifier.Risk;

/// <summary>From evidence to a level.</summary>
public sealed class RiskPolicyTests
{
    private static readonly ElementKind[] Full = [ElementKind.Intent, ElementKind.Shoot, ElementKind.Gun, ElementKind.School, ElementKind.Time];
    private static readonly ElementKind[] Direct = [ElementKind.Intent, ElementKind.Hurt, ElementKind.You];

    [Theory]
    [InlineData(0.1, RiskLevel.None)]
    [InlineData(0.2, RiskLevel.Low)]
    [InlineData(0.5, RiskLevel.Elevated)]
    [InlineData(0.9, RiskLevel.High)]
    public void The_models_probability_meets_the_thresholds(double threat, RiskLevel level) =>
        Assert.Equal(level, Decide(threat, Direct).Level);

    [Fact]
    public void A_direct_specific_and_plausible_threat_is_lifted_and_may_be_critical()
    {
        Assert.Equal(RiskLevel.High, Decide(0.75, Full).Level);
        Assert.Equal(RiskLevel.Critical, Decide(0.97, Full).Level);
    }

    [Fact]
    public void Without_all_three_parts_no_score_is_critical() => Assert.Equal(RiskLevel.High, Decide(0.999, Direct).Level);

    [Fact]
    public void A_vague_threat_sinks_from_high_but_stays_visible()
    {
        Assert.Equal(RiskLevel.Elevated, Decide(0.9).Level);
        Assert.Equal(RiskLevel.Elevated, Decide(0.5).Level);
        Assert.Equal(RiskLevel.High, Decide(0.98).Level);
    }

    [Fact]
    public void Elements_alone_lift_nothing_that_the_model_calls_harmless() => Assert.Equal(RiskLevel.None, Decide(0.15, Full).Level);

    [Fact]
    public void A_keywords_weight_lifts_and_lowers()
    {
        Assert.Equal(RiskLevel.High, Decide(0.75, Direct, Hit(1)).Level);
        Assert.Equal(RiskLevel.Elevated, Decide(0.9, Direct, Hit(-1)).Level);
    }

    [Fact]
    public void A_keyword_of_the_other_category_changes_nothing() =>
        Assert.Equal(RiskLevel.Elevated, Decide(0.7, Direct, Hit(3) with { Category = Category.SelfHarm }).Level);

    [Fact]
    public void At_least_holds_whatever_the_model_says()
    {
        var verdict = Decide(0.001, [], Hit(0) with { AtLeast = RiskLevel.High });

        Assert.Equal(RiskLevel.High, verdict.Level);
        Assert.True(verdict.ByRule);
    }

    [Fact]
    public void A_factor_of_zero_switches_weights_off() =>
        Assert.Equal(RiskLevel.Elevated, RiskPolicy.Decide(Evidence(0.7, Direct, Hit(5)), new Thresholds(), new Weights { Keywords = 0 }).Level);

    [Fact]
    public void Another_language_is_judged_by_keywords_alone()
    {
        var unread = new Evidence(0.99, 0.99, "other", false, [], []);

        Assert.Equal(RiskLevel.None, RiskPolicy.Decide(unread, new Thresholds(), new Weights()).Level);
        Assert.Equal(RiskLevel.High, RiskPolicy.Decide(unread with { Hits = [Hit(6)] }, new Thresholds(), new Weights()).Level);
    }

    [Fact]
    public void The_category_with_the_higher_level_is_told()
    {
        var verdict = RiskPolicy.Decide(new Evidence(0.6, 0.9, "en", true, [new Element(ElementKind.SelfHarmAct, 0, 3)], []), new Thresholds(), new Weights());

        Assert.Equal((RiskLevel.High, Category.SelfHarm), (verdict.Level, verdict.Category));
    }

    private static Verdict Decide(double threat, params ElementKind[] kinds) => Decide(threat, kinds, null);

    private static Verdict Decide(double threat, ElementKind[] kinds, RuleHit? hit) =>
        RiskPolicy.Decide(Evidence(threat, kinds, hit), new Thresholds(), new Weights { Vague = 1 });

    private static Evidence Evidence(double threat, ElementKind[] kinds, RuleHit? hit) =>
        new(threat, 0.01, "en", true, [.. kinds.Select((kind, i) => new Element(kind, i, 1))], hit is null ? [] : [hit]);

    private static RuleHit Hit(double weight) => new(Category.Threat, "list", "term", weight, null, 0, 4);
}
