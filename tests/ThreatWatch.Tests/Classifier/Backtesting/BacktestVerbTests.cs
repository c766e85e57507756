using ThreatWatch.Classifier.Verbs;
using ThreatWatch.Core;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Tests.Classifier.Backtesting;

/// <summary>What a change would have done to the district's own past.</summary>
public sealed class BacktestVerbTests : IDisposable
{
    private readonly ClassifierRig _rig = new("""{ "keywords": "keywords.json" }""");

    [Fact]
    public async Task Alerts_gained_and_lost_are_shown_with_their_reasons()
    {
        var lost = _rig.Post("there is danger", "1");
        await _rig.IngestAsync(lost, _rig.Post("a storm is near", "2"), _rig.Post("quiet", "3"), _rig.Post("drilling danger", "4", isDrill: true));

        var (code, output, _) = await RunAsync(Trial("storm"));

        Assert.Equal(0, code);
        Assert.Contains("3 posts of the last 30 days", output, StringComparison.Ordinal);
        Assert.Contains("Gained: 1 alert(s)", output, StringComparison.Ordinal);
        Assert.Contains("a storm is near", output, StringComparison.Ordinal);
        Assert.Contains("rule: storm (trial)", output, StringComparison.Ordinal);
        Assert.Contains("Lost: 1 alert(s)", output, StringComparison.Ordinal);
        Assert.Contains($"High, otherwise None  {lost.Id}", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Repeats_of_one_text_are_one_alert_and_the_rate_is_over_the_time_there_is()
    {
        await _rig.IngestAsync(_rig.Post("danger"), _rig.Post("danger", revision: 2));
        _rig.Time.Advance(TimeSpan.FromDays(14));
        await _rig.IngestAsync(_rig.Post("danger again", "2"));

        var (_, output, _) = await RunAsync(Trial("storm"));

        Assert.Matches(@"(?m)^alerts +2 +0$", output);
        Assert.Matches(@"(?m)^alerts a week +1\.0 +0\.0$", output);
        Assert.Matches(@"(?m)^posts that alert +3 +0$", output);
    }

    [Fact]
    public async Task Precision_comes_from_what_people_said_of_closed_alerts()
    {
        var right = _rig.Post("danger here", "1");
        var wrong = _rig.Post("a storm of danger", "2");
        await _rig.IngestAsync(right, wrong);
        await CloseAsync("A", right.Id, Disposition.Substantive);
        await CloseAsync("B", wrong.Id, Disposition.NotAThreat);

        var (_, output, _) = await RunAsync(Trial("danger here"));

        Assert.Matches(@"(?m)^precision so far +0\.50 \(0\.09-0\.91; 1 of 2\) +1\.00 \(0\.21-1\.00; 1 of 1\)$", output);
    }

    [Fact]
    public async Task A_set_key_is_the_configurations_own()
    {
        await _rig.IngestAsync(_rig.Post("danger"));

        var (code, output, _) = await RunAsync(new BacktestRequest(30, ["classifier.thresholds.threat.high=0.7", "classifier.keywords="], null, false));

        Assert.Equal(0, code);
        Assert.Contains("Lost: 1 alert(s)", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("classifier.thresholds.threat.hihg=0.7", "did you mean \"high\"")]
    [InlineData("classifier.thresholds.threat.high=7", "classifier.thresholds.threat.high")]
    [InlineData("alerting.email.port=25", "begin with \"classifier.\"")]
    [InlineData("high", "KEY=VALUE")]
    public async Task A_change_that_is_no_valid_one_is_wrong_usage(string change, string said)
    {
        var (code, _, errors) = await RunAsync(new BacktestRequest(30, [change], null, false));

        Assert.Equal(2, code);
        Assert.Contains(said, errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Posts_older_than_asked_for_are_left_out()
    {
        await _rig.IngestAsync(_rig.Post("danger"));
        _rig.Time.Advance(TimeSpan.FromDays(10));
        await _rig.IngestAsync(_rig.Post("quiet", "2"));

        var (_, output, _) = await RunAsync(Trial("storm") with { Days = 7 });

        Assert.Contains("1 posts of the last 7 days", output, StringComparison.Ordinal);
        Assert.Contains("Lost: 0 alert(s)", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_shadow_is_compared_by_what_it_recorded()
    {
        Trial("quiet");
        _rig.Configure("""{ "shadow": { "keywords": "trial.json" } }""");
        await _rig.IngestAsync(_rig.Post("danger"), _rig.Post("all quiet", "2"));
        await _rig.Worker.RunOnceAsync(default);

        var (code, output, _) = await RunAsync(new BacktestRequest(30, [], null, true));

        Assert.Equal(0, code);
        Assert.Contains("2 posts", output, StringComparison.Ordinal);
        Assert.Contains("Gained: 1 alert(s)", output, StringComparison.Ordinal);
        Assert.Contains("Lost: 1 alert(s)", output, StringComparison.Ordinal);
    }

    public void Dispose() => _rig.Dispose();

    private BacktestRequest Trial(string term)
    {
        var file = Path.Combine(_rig.Folder, "trial.json");
        File.WriteAllText(file, $$"""{ "lists": [ { "name": "trial", "keywords": [ { "term": "{{term}}", "atLeast": "high" } ] } ] }""");
        return new BacktestRequest(30, [], file, false);
    }

    private async Task CloseAsync(string id, string post, Disposition disposition)
    {
        var now = _rig.Time.GetUtcNow();
        var alert = new Alert(id, id, "cedar", Category.Threat, RiskLevel.High, AlertState.Open, post, 1, 1, 1, false, now, now, null, null, null, null, null);
        await using (var work = await _rig.Database.BeginAsync(default))
        {
            await AlertStore.OpenAsync(work, [new AlertProgress(alert, now, 1, 0, 0, 0, null)], default);
            await AlertStore.JoinAsync(work, [(id, post, RiskLevel.High)], now, default);
            await work.CommitAsync(default);
        }

        await new AlertActions(_rig.Database, _rig.Time).CloseAsync(id, "officer", "cli", disposition, null, default);
    }

    private async Task<(int Code, string Output, string Errors)> RunAsync(BacktestRequest request)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        var code = await BacktestVerb.RunAsync(request, _rig.Settings, _rig.Database, _rig.Time, output, errors, default);
        return (code, output.ToString().ReplaceLineEndings("\n"), errors.ToString());
    }
}
