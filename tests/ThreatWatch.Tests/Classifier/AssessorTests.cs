using ThreatWatch.Classifier;
using ThreatWatch.Classifier.Risk;
using ThreatWatch.Classifier.Rules;
using ThreatWatch.Core;
using ThreatWatch.Tests.Classifier.Model;

namespace ThreatWatch.Tests.Classifier;

/// <summary>Model, keywords and policy together, on a small model that was trained for the test.</summary>
public sealed class AssessorTests(TrainerTests.Trained trained) : IClassFixture<TrainerTests.Trained>
{
    private const string Threat = "im gonna shoot up the cafeteria friday, bringing my glock";
    private static readonly DateTimeOffset Now = new(2026, 9, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_threat_is_high_with_reasons_in_the_order_of_their_weight()
    {
        var assessment = Assess(Threat);

        Assert.True(assessment.Level >= RiskLevel.High, assessment.Level.ToString());
        Assert.Equal(ReasonKind.Score, assessment.Reasons[0].Kind);
        Assert.Contains("direct, specific and plausible", assessment.Reasons[0].Text, StringComparison.Ordinal);
        var weights = assessment.Reasons.Skip(1).Select(reason => reason.Weight).ToList();
        Assert.Equal(weights.OrderByDescending(Math.Abs), weights);
        Assert.Contains(assessment.Reasons, reason => reason is { Kind: ReasonKind.Element, Text: "means: glock" });
    }

    [Fact]
    public void Every_reason_with_a_place_quotes_the_post()
    {
        foreach (var reason in Assess(Threat).Reasons.Where(reason => reason.Start >= 0))
            Assert.Contains(Threat.Substring(reason.Start, reason.Length), reason.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_harmless_post_needs_no_reasons()
    {
        var assessment = Assess("i love homeroom so much, see yall monday");

        Assert.Equal(RiskLevel.None, assessment.Level);
        Assert.Empty(assessment.Reasons);
    }

    [Fact]
    public void Another_language_is_judged_by_keywords_alone_and_says_so()
    {
        const string post = "سأحضر قنبلة إلى المدرسة غدا لا تأتوا";
        var without = Assess(post);
        var with = Assess(post, new Keyword { Term = "قنبلة", AtLeast = RiskLevel.High });

        Assert.Equal((RiskLevel.None, "other"), (without.Level, without.Language));
        Assert.Equal(RiskLevel.High, with.Level);
        Assert.All(new[] { without, with }, assessment => Assert.Contains(assessment.Reasons, reason => reason is { Kind: ReasonKind.Note } && reason.Text.Contains("another language", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_keyword_is_named_with_its_list_and_lifts_what_the_model_lets_pass()
    {
        var assessment = Assess("the herons meet at the old mill", new Keyword { Term = "old mill", Weight = 8 });

        Assert.True(assessment.Level > RiskLevel.None);
        Assert.Contains(assessment.Reasons, reason => reason is { Kind: ReasonKind.Rule, Text: "old mill (places)", Weight: 8 });
    }

    [Fact]
    public void A_very_long_post_is_judged_and_quoted_rightly()
    {
        var post = string.Concat(Enumerable.Repeat("lorem 😀 ipsum ", 3000)) + Threat;

        var assessment = Assess(post);

        Assert.All(assessment.Reasons.Where(reason => reason.Start >= 0), reason => Assert.Contains(post.Substring(reason.Start, reason.Length), reason.Text, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\ud83d")]
    [InlineData("\u0000\u202e\u200b")]
    [InlineData("🔫🔫🔫")]
    public void No_text_is_too_odd(string post) => Assert.InRange(Assess(post).Threat, 0, 1);

    private Assessment Assess(string post, params Keyword[] keywords) =>
        new Assessor(
            trained.Detector, Ruleset.Compile([new KeywordList { Name = "places", Keywords = keywords }]), "rules", new Thresholds(), new Weights()).Assess("post", post, Now);
}
