using Microsoft.Extensions.Logging.Abstractions;
using ThreatWatch.Ingest.Polling;
using ThreatWatch.Ingest.Sources;
using ThreatWatch.Platform.Hosting;
using ThreatWatch.Platform.Storage;
using ThreatWatch.Tests.Ingest.Sources;

namespace ThreatWatch.Tests.Ingest.Polling;

public sealed class SourceWorkerTests : IDisposable
{
    private readonly TemporaryIntake _intake;
    private readonly SourceStateStore _states;
    private readonly SourceWorker _worker;

    public SourceWorkerTests()
    {
        _intake = new TemporaryIntake(Source("a"), Source("b"));
        _states = new SourceStateStore(_intake.Database);
        _worker = new SourceWorker(
            _intake.Settings,
            SomeFactory.Of(_intake.Settings),
            new SourceVisit(_intake.Door, _states, new CursorStore(_intake.Database), _intake.Settings, _intake.Time, NullLogger<SourceVisit>.Instance),
            new SourceLease(_states, _intake.Database, _intake.Time),
            _intake.Time,
            NullLogger<SourceWorker>.Instance);
    }

    private static SourceOptions Source(string id) => SomeSource.BoundTo("cedar") with
    {
        Id = id, Type = SourceType.Ndjson, Path = $"{id}.ndjson", Every = TimeSpan.FromMinutes(1),
    };

    public void Dispose()
    {
        _worker.Dispose();
        _intake.Dispose();
    }

    private Task Write(string source, params string[] ids) =>
        File.AppendAllLinesAsync(Path.Combine(_intake.Folder, source + ".ndjson"), ids.Select(id => $$"""{"id":"{{id}}","text":"text of {{id}}"}"""));

    private async Task<string> Turn(TimeSpan later = default)
    {
        _intake.Time.Advance(later);
        await Task.WhenAll(await _worker.StartDueAsync(CancellationToken.None));
        return string.Join(' ', (await _intake.All()).Select(post => post.ExternalId).Order());
    }

    [Fact]
    public async Task Each_source_is_read_on_at_its_interval()
    {
        await Write("a", "a1");
        await Write("b", "b1");
        Assert.Equal("a1 b1", await Turn());
        await Write("a", "a2");
        Assert.Equal("a1 b1", await Turn(TimeSpan.FromSeconds(59)));
        Assert.Equal("a1 a2 b1", await Turn(TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public async Task A_source_that_fails_costs_the_others_nothing_and_comes_back()
    {
        await Write("b", "b1");
        Assert.Equal("b1", await Turn());
        var state = (await _states.AllAsync(CancellationToken.None)).Single(state => state.SourceId == "a");
        Assert.Equal(("the file is not there", 1), (state.Why, state.Failures));

        for (var i = 0; i < 30; i++)
            await Turn(TimeSpan.FromHours(2));
        await Write("a", "a1");
        Assert.Equal("a1 b1", await Turn(TimeSpan.FromHours(2)));
        Assert.Null((await _states.AllAsync(CancellationToken.None)).Single(state => state.SourceId == "a").FailingSince);
        Assert.Equal(31, await _intake.Counter("failures"));
    }

    [Fact]
    public async Task Edits_of_the_sources_take_effect_while_it_runs_and_do_not_restart_the_others()
    {
        await Write("a", "a1");
        await Write("b", "b1");
        await Write("c", "c1");
        await Turn();
        _intake.Settings.Replace(SettingsSnapshot.Of(
            _intake.Settings.Current.File, TemporaryIntake.Sections, SomeSource.District, new[] { Source("a"), Source("c") }));
        await Write("a", "a2");
        await Write("b", "b2");
        Assert.Equal("a1 b1 c1", await Turn());
        Assert.Equal("a1 a2 b1 c1", await Turn(TimeSpan.FromMinutes(1)));
    }

    [Fact]
    public async Task Two_thousand_posts_that_wait_are_read_without_the_interval_between()
    {
        await Write("a", [.. Enumerable.Range(0, 2000).Select(i => $"n{i}")]);
        for (var i = 0; i < 3; i++)
            await Turn();
        Assert.Equal(2000, (await _intake.All()).Count);
    }
}
