using Microsoft.Extensions.Logging.Abstractions;
using ThreatWatch.Ingest.Polling;
using ThreatWatch.Ingest.Sources;
using ThreatWatch.Platform.Hosting;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Tests.Ingest.Sources;

public sealed class SourceRegisterWorkerTests : IDisposable
{
    private static readonly SourceOptions Tips = SomeSource.BoundTo("cedar") with { Id = "tips", Type = SourceType.Push, Secret = new Secret(new string('s', 32)) };
    private readonly TemporaryIntake _intake = new(SomeSource.Open with { Name = "Town news", Url = new Uri("https://news.example/feed") }, Tips);

    public void Dispose() => _intake.Dispose();

    [Fact]
    public async Task The_store_has_the_sources_as_configured_and_follows_edits()
    {
        using var worker = Worker();
        await worker.RunOnceAsync(CancellationToken.None);
        var rows = await new SourceRegisterStore(_intake.Database).AllAsync(CancellationToken.None);
        Assert.Equal(
            new RegisteredSource("town-news", "Town news", "Feed", "news.example", "published for machines", "terms of 2026", new(2026, 9, 1), new(2027, 9, 1), 30), rows[0]);
        Assert.Equal(["town-news", "tips"], rows.Select(row => row.SourceId));

        _intake.Settings.Replace(SettingsSnapshot.Of(_intake.Settings.Current.File, TemporaryIntake.Sections, SomeSource.District, new[] { Tips }));
        await worker.RunOnceAsync(CancellationToken.None);
        Assert.Equal("tips", Assert.Single(await new SourceRegisterStore(_intake.Database).AllAsync(CancellationToken.None)).SourceId);
    }

    [Fact]
    public async Task A_tip_line_that_falls_silent_is_noticed_and_a_drill_is_no_tip()
    {
        using var worker = Worker();
        var visit = Visit();
        for (var hour = 0; hour < 8 * 24; hour++)
        {
            await visit.PushedAsync(Tips, SomeSource.Batch(SomeSource.Post($"tip {hour}", $"{hour}")), CancellationToken.None);
            await StandAsync(visit, TimeSpan.FromHours(1));
        }

        var last = (await StateAsync()).LastNewAt;
        await StandAsync(visit, TimeSpan.FromHours(1));
        Assert.Null((await StateAsync()).QuietSinceAt);

        await _intake.Store(new SourceOptions { Id = DrillPost.Source }, SomeSource.Post("a drill", "drill"));
        await StandAsync(visit, TimeSpan.FromHours(2));
        Assert.Equal(last, (await StateAsync()).QuietSinceAt);

        await visit.PushedAsync(Tips, SomeSource.Batch(SomeSource.Post("at last", "last")), CancellationToken.None);
        _intake.Time.Advance(TimeSpan.FromMinutes(1));
        await visit.PushedAsync(Tips, SourceBatch.Nothing(null), CancellationToken.None);
        Assert.Null((await StateAsync()).QuietSinceAt);
    }

    private async Task StandAsync(SourceVisit visit, TimeSpan span)
    {
        for (var passed = TimeSpan.Zero; passed < span; passed += TimeSpan.FromMinutes(5))
        {
            _intake.Time.Advance(TimeSpan.FromMinutes(5));
            await visit.PushedAsync(Tips, SourceBatch.Nothing(null), CancellationToken.None);
        }
    }

    private async Task<SourceState> StateAsync() => (await new SourceStateStore(_intake.Database).AllAsync(CancellationToken.None)).Single(state => state.SourceId == "tips");

    private SourceVisit Visit() => new(
        _intake.Door, new SourceStateStore(_intake.Database), new CursorStore(_intake.Database), _intake.Settings, _intake.Time, NullLogger<SourceVisit>.Instance);

    private SourceRegisterWorker Worker() => new(
        _intake.Settings, new SourceRegisterStore(_intake.Database), Visit(), _intake.Time, NullLogger<SourceRegisterWorker>.Instance);
}
