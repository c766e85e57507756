using ThreatWatch.Core;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Tests.Classifier;

/// <summary>From a stored post to an assessment and, where it must be, a message: exactly one of each.</summary>
public sealed class ClassifyWorkerTests : IDisposable
{
    private readonly ClassifierRig _rig = new();

    [Fact]
    public async Task A_risky_post_is_assessed_and_sends_one_message_without_its_text()
    {
        var post = _rig.Post("there is danger");
        await _rig.IngestAsync(post, _rig.Post("all is well", "2"));

        await _rig.Worker.RunOnceAsync(default);

        var detected = Assert.Single(await _rig.DetectedAsync());
        Assert.Equal((post.Id, RiskLevel.High, Category.Threat), (detected.PostId, detected.Level, detected.Category));
        Assert.Equal(["cedar"], detected.SchoolIds);
        var assessment = await _rig.Assessments.FindAsync(post.Id, default);
        Assert.Equal(RiskLevel.High, assessment!.Level);
        Assert.Contains(assessment.Reasons, reason => reason is { Kind: ReasonKind.Rule, Start: 9, Length: 6 });
        Assert.Equal(2, await _rig.Database.CountAsync("select count(*) from assessments", default));
        Assert.Equal(0, await _rig.WaitingAsync());
    }

    [Fact]
    public async Task A_message_that_comes_twice_changes_nothing()
    {
        var post = _rig.Post("there is danger");
        await _rig.IngestAsync(post);
        await _rig.Worker.RunOnceAsync(default);
        await _rig.AnnounceAsync(post);
        await _rig.AnnounceAsync(post, post);

        await _rig.Worker.RunOnceAsync(default);

        Assert.Single(await _rig.DetectedAsync());
        Assert.Equal(1, await _rig.Database.CountAsync("select count(*) from assessments", default));
    }

    [Fact]
    public async Task An_edit_that_says_no_worse_is_no_news()
    {
        await _rig.IngestAsync(_rig.Post("there is danger"));
        await _rig.Worker.RunOnceAsync(default);
        await _rig.IngestAsync(_rig.Post("there is still danger", revision: 2));
        await _rig.Worker.RunOnceAsync(default);

        Assert.Single(await _rig.DetectedAsync());
    }

    [Fact]
    public async Task An_edit_that_says_worse_is_told()
    {
        await _rig.IngestAsync(_rig.Post("there is danger"));
        await _rig.Worker.RunOnceAsync(default);
        await _rig.IngestAsync(_rig.Post("there is peril", revision: 2));
        await _rig.Worker.RunOnceAsync(default);

        Assert.Equal([RiskLevel.High, RiskLevel.Critical], (await _rig.DetectedAsync()).Select(detected => detected.Level));
    }

    [Fact]
    public async Task An_edit_of_another_post_counts_for_itself()
    {
        await _rig.IngestAsync(_rig.Post("there is danger"));
        await _rig.Worker.RunOnceAsync(default);
        await _rig.IngestAsync(_rig.Post("well", "2"), _rig.Post("there is danger", "2", revision: 2));
        await _rig.Worker.RunOnceAsync(default);

        Assert.Equal(2, (await _rig.DetectedAsync()).Count);
    }

    [Fact]
    public async Task A_second_look_under_new_keywords_is_recorded_but_tells_nobody_twice()
    {
        var post = _rig.Post("there is danger");
        await _rig.IngestAsync(post);
        await _rig.Worker.RunOnceAsync(default);
        _rig.WriteKeywords(ClassifierRig.Keywords.Replace("peril", "perils", StringComparison.Ordinal));
        Assert.True(_rig.Assessor.Refresh());
        await _rig.AnnounceAsync(post);

        await _rig.Worker.RunOnceAsync(default);

        Assert.Equal(2, await _rig.Database.CountAsync("select count(*) from assessments", default));
        Assert.Single(await _rig.DetectedAsync());
    }

    [Fact]
    public async Task A_post_taken_back_is_passed_over()
    {
        await _rig.IngestAsync(_rig.Post(null));

        await _rig.Worker.RunOnceAsync(default);

        Assert.Equal(0, await _rig.Database.CountAsync("select count(*) from assessments", default));
        Assert.Equal(0, await _rig.WaitingAsync());
    }

    [Fact]
    public async Task A_drill_always_comes_through()
    {
        await _rig.IngestAsync(_rig.Post("this is a drill", isDrill: true));

        await _rig.Worker.RunOnceAsync(default);

        Assert.Equal(RiskLevel.High, Assert.Single(await _rig.DetectedAsync()).Level);
    }

    [Fact]
    public async Task A_large_batch_is_judged_whole()
    {
        await _rig.IngestAsync([.. Enumerable.Range(0, 1000).Select(i => _rig.Post(i % 100 == 0 ? "danger" : "fine", $"{i}"))]);

        await _rig.Worker.RunOnceAsync(default);

        Assert.Equal(1000, await _rig.Database.CountAsync("select count(*) from assessments", default));
        Assert.Equal(10, (await _rig.DetectedAsync()).Count);
    }

    [Fact]
    public async Task A_shadow_is_recorded_and_alerts_nobody()
    {
        File.WriteAllText(Path.Combine(_rig.Folder, "trial.json"), ClassifierRig.Keywords.Replace("danger", "well", StringComparison.Ordinal));
        _rig.Configure("""{ "shadow": { "keywords": "trial.json" } }""");
        var post = _rig.Post("all is well");
        await _rig.IngestAsync(post);

        await _rig.Worker.RunOnceAsync(default);

        Assert.Empty(await _rig.DetectedAsync());
        Assert.Equal(RiskLevel.None, (await _rig.Assessments.FindAsync(post.Id, default))!.Level);
        Assert.Equal(1, await _rig.Database.CountAsync("select count(*) from assessments where shadow = true and level = 'High'", default));
    }

    [Fact]
    public async Task The_sweep_asks_once_for_what_a_lost_message_left_behind()
    {
        await _rig.IngestAsync(_rig.Post("there is danger"), _rig.Post(null, "2"));
        await _rig.Database.ExecuteAsync("delete from queue", default);
        await _rig.Sweep.RunOnceAsync(default);
        Assert.Equal(0, await _rig.WaitingAsync());

        _rig.Time.Advance(TimeSpan.FromMinutes(5));
        await _rig.Sweep.RunOnceAsync(default);
        await _rig.Sweep.RunOnceAsync(default);
        Assert.Equal(1, await _rig.WaitingAsync());

        await _rig.Worker.RunOnceAsync(default);
        Assert.Single(await _rig.DetectedAsync());
    }

    [Fact]
    public async Task Words_of_a_post_that_was_taken_back_stay_in_no_assessment()
    {
        var (gone, stays) = (_rig.Post("there is danger"), _rig.Post("more danger", "2"));
        await _rig.IngestAsync(gone, stays);
        await _rig.Worker.RunOnceAsync(default);
        await using (var work = await _rig.Database.BeginAsync(default))
        {
            await PostStore.RetractAsync(work, gone.SourceId, gone.ExternalId, _rig.Time.GetUtcNow(), default);
            await work.CommitAsync(default);
        }

        await _rig.Sweep.RunOnceAsync(default);

        Assert.Empty((await _rig.Assessments.FindAsync(gone.Id, default))!.Reasons);
        Assert.Equal(RiskLevel.High, (await _rig.Assessments.FindAsync(gone.Id, default))!.Level);
        Assert.NotEmpty((await _rig.Assessments.FindAsync(stays.Id, default))!.Reasons);
    }

    public void Dispose() => _rig.Dispose();
}
