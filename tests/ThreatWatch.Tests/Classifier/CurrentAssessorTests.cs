using ThreatWatch.Classifier;

namespace ThreatWatch.Tests.Classifier;

/// <summary>What is edited while the daemon runs comes into force, or is refused aloud.</summary>
public sealed class CurrentAssessorTests : IDisposable
{
    private readonly ClassifierRig _rig = new();

    [Fact]
    public void Nothing_edited_is_nothing_new()
    {
        Assert.True(_rig.Assessor.Refresh());
        Assert.False(_rig.Assessor.Refresh());
    }

    [Fact]
    public void Edited_keywords_come_into_force_with_a_new_version()
    {
        var before = _rig.Assessor.Get().Live;
        _rig.WriteKeywords("""{ "lists": [] }""");

        Assert.True(_rig.Assessor.Refresh());
        Assert.NotEqual(before.RulesVersion, _rig.Assessor.Get().Live.RulesVersion);
    }

    [Fact]
    public void Edited_thresholds_come_into_force_with_a_new_version()
    {
        var before = _rig.Assessor.Get().Live;
        _rig.Configure("""{ "thresholds": { "threat": { "high": 0.7 } } }""");

        Assert.True(_rig.Assessor.Refresh());
        Assert.Equal(0.7, _rig.Assessor.Get().Live.Thresholds.Threat.High);
        Assert.NotEqual(before.RulesVersion, _rig.Assessor.Get().Live.RulesVersion);
    }

    [Fact]
    public void Bad_keywords_keep_the_old_ones_in_force()
    {
        var before = _rig.Assessor.Get();
        _rig.WriteKeywords("""{ "lists": [ { "name": "a", "keywords": [ { "term": "" } ] } ] }""");

        Assert.False(_rig.Assessor.Refresh());
        Assert.Same(before, _rig.Assessor.Get());
    }

    [Fact]
    public void A_damaged_model_keeps_the_old_one_in_force()
    {
        var before = _rig.Assessor.Get();
        Directory.CreateDirectory(Path.Combine(_rig.Folder, "other"));
        File.WriteAllText(Path.Combine(_rig.Folder, "other", "threatwatch.model"), "no model");
        _rig.Configure("""{ "model": "other" }""");

        Assert.False(_rig.Assessor.Refresh());
        Assert.Same(before, _rig.Assessor.Get());
    }

    [Fact]
    public void The_same_settings_have_the_same_version_wherever_they_are_read()
    {
        using var other = new ClassifierRig();

        Assert.Equal(_rig.Assessor.Get().Live.RulesVersion, other.Assessor.Get().Live.RulesVersion);
    }

    [Fact]
    public void A_shadow_that_says_nothing_else_is_no_shadow()
    {
        _rig.Configure("""{ "shadow": { "thresholds": {} } }""");

        Assert.Null(_rig.Assessor.Get().Shadow);
    }

    [Fact]
    public void A_verb_that_needs_a_model_says_that_there_is_none()
    {
        using var errors = new StringWriter();

        Assert.Null(AssessorLoader.LoadOrSay(_rig.Settings, errors));
        Assert.StartsWith("classifier.model: there is no model", errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_problem_of_the_section_is_listed()
    {
        var problems = ClassifierRig.Problems(
            _rig.Folder,
            """
            { "keywords": "gone.json", "thresholds": { "threat": { "high": 1.5, "low": 0.6 } }, "weights": { "vague": -1 }, "shadow": { "thresholds": { "selfHarm": { "critical": 0.1 } } } }
            """);

        Assert.Equal(
            ["classifier.keywords", "classifier.shadow.thresholds.selfHarm.critical", "classifier.thresholds.threat.elevated", "classifier.thresholds.threat.high", "classifier.weights.vague"],
            problems.Select(problem => problem.Path).Order(StringComparer.Ordinal));
    }

    public void Dispose() => _rig.Dispose();
}
