using Microsoft.Extensions.Logging.Abstractions;
using ThreatWatch.Alerting.Escalation;
using ThreatWatch.Alerting.Notifying;
using ThreatWatch.Core;
using ThreatWatch.Ingest.Fetching;
using ThreatWatch.Ingest.Links;
using ThreatWatch.Ingest.Sources;
using ThreatWatch.Platform.Hosting;
using ThreatWatch.Platform.Storage;
using ThreatWatch.Tests.Alerting;
using ThreatWatch.Tests.Ingest.Fetching;
using ThreatWatch.Tests.Wire;

namespace ThreatWatch.Tests.Ingest.Links;

public sealed class LinkWorkerTests : IAsyncDisposable
{
    private readonly AlertingHouse _house = new();
    private readonly FetchBench _bench;
    private volatile int _status = 200;

    public LinkWorkerTests() => _bench = new FetchBench(_ => WireReply.Of(_status));

    [Fact]
    public async Task A_post_that_is_gone_is_named_so_in_the_next_message_and_in_the_audit_and_the_alert_stands()
    {
        var worker = Worker();
        await AlertAsync();
        await _house.SendDueAsync();
        await worker.RunOnceAsync(TestContext.Current.CancellationToken);
        _status = 404;
        await PassAsync(worker, TimeSpan.FromMinutes(4));

        await EscalateAsync(TimeSpan.FromMinutes(1));

        var mails = _house.Mails();
        Assert.DoesNotContain("gone from its address", mails[0].TextBody, StringComparison.Ordinal);
        Assert.StartsWith("HIGH threat", mails[^1].Subject, StringComparison.Ordinal);
        Assert.All([mails[^1].TextBody, mails[^1].HtmlBody], body => Assert.Contains("gone from its address since Tue 24 Nov 2026, 7:43 AM", body, StringComparison.Ordinal));
        var alert = await _house.OnlyAlertAsync();
        Assert.Equal(AlertState.Open, alert.State);
        var row = Assert.Single(await _house.Get<AuditLog>().AboutAsync(alert.Id, CancellationToken.None), row => row.Action == "post.gone");
        Assert.Contains("since 2026-11-24 13:43", row.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(403)]
    [InlineData(429)]
    [InlineData(500)]
    public async Task Any_other_answer_says_nothing(int status)
    {
        _status = status;
        var worker = Worker();
        await AlertAsync();
        await worker.RunOnceAsync(TestContext.Current.CancellationToken);
        await PassAsync(worker, TimeSpan.FromMinutes(4));

        await EscalateAsync(TimeSpan.FromMinutes(1));

        Assert.NotEmpty(_bench.Server.Requests);
        Assert.DoesNotContain("gone", _house.Mails()[^1].TextBody, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_miss_is_not_believed_and_a_post_that_comes_back_is_back()
    {
        var worker = Worker();
        await AlertAsync();
        _status = 410;
        await worker.RunOnceAsync(TestContext.Current.CancellationToken);
        Assert.Empty(await GoneAsync());
        await PassAsync(worker, TimeSpan.FromSeconds(31));
        Assert.Single(await GoneAsync());

        _status = 200;
        await PassAsync(worker, TimeSpan.FromMinutes(10));

        Assert.Empty(await GoneAsync());
        var alert = await _house.OnlyAlertAsync();
        Assert.Contains(await _house.Get<AuditLog>().AboutAsync(alert.Id, CancellationToken.None), row => row.Action == "post.back");
    }

    [Fact]
    public async Task A_message_leaves_while_the_site_hangs()
    {
        await using var hanging = new FetchBench(_ => new WireReply([null]));
        var worker = Worker(hanging);
        await AlertAsync(hanging);
        using var stop = new CancellationTokenSource();
        var looking = worker.RunOnceAsync(stop.Token);
        while (hanging.Server.Requests.IsEmpty)
            await Task.Yield();

        await _house.SendDueAsync();
        await EscalateAsync(TimeSpan.FromMinutes(5));

        Assert.Equal(2, _house.Mails().Count);
        Assert.False(looking.IsCompleted);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => looking);
    }

    [Fact]
    public async Task Of_two_processes_one_looks()
    {
        await AlertAsync();
        await Task.WhenAll(Worker().RunOnceAsync(CancellationToken.None), Worker().RunOnceAsync(CancellationToken.None));
        Assert.Single(_bench.Server.Requests);
    }

    [Fact]
    public async Task Drills_closed_alerts_and_districts_that_do_not_want_it_are_left_alone()
    {
        await _house.DetectAsync((Some.Post() with { Url = _bench.Server.Url("/drill").AbsoluteUri, IsDrill = true }, RiskLevel.High));
        await AlertAsync();
        await Worker(options: _bench.Options with { CheckAlertedPosts = false }).RunOnceAsync(CancellationToken.None);
        foreach (var alert in await _house.AlertsAsync())
        {
            if (!alert.IsDrill)
                await _house.Get<AlertActions>().CloseAsync(alert.Id, "ortega", "cli", Disposition.NotAThreat, null, CancellationToken.None);
        }

        await Worker().RunOnceAsync(CancellationToken.None);
        Assert.Empty(_bench.Server.Requests);
    }

    public async ValueTask DisposeAsync()
    {
        await _bench.DisposeAsync();
        await _house.DisposeAsync();
    }

    private Task AlertAsync(FetchBench? bench = null) =>
        _house.DetectAsync((Some.Post() with { Url = (bench ?? _bench).Server.Url("/posts/1").AbsoluteUri }, RiskLevel.High));

    private async Task<IReadOnlyDictionary<string, DateTimeOffset>> GoneAsync()
    {
        var ids = await _house.Get<AlertStore>().PostsAsync((await _house.OnlyAlertAsync()).Id, 10, CancellationToken.None);
        return await _house.Get<PostLinkStore>().GoneAsync(ids, CancellationToken.None);
    }

    // As the worker's own loop would.
    private async Task PassAsync(LinkWorker worker, TimeSpan span)
    {
        for (var passed = TimeSpan.Zero; passed < span; passed += TimeSpan.FromSeconds(10))
        {
            _house.Time.Advance(TimeSpan.FromSeconds(10));
            _bench.Time.Advance(TimeSpan.FromSeconds(10));
            await worker.RunOnceAsync(TestContext.Current.CancellationToken);
        }
    }

    private async Task EscalateAsync(TimeSpan after)
    {
        _house.Time.Advance(after);
        await new EscalationWorker(
            _house.Database, _house.Get<NotificationStore>(), _house.Get<EscalationPlanner>(), _house.Get<DueSignal>(), _house.Time, NullLogger<EscalationWorker>.Instance)
            .RunOnceAsync(CancellationToken.None);
        await _house.SendDueAsync();
    }

    private LinkWorker Worker(FetchBench? bench = null, FetchingOptions? options = null)
    {
        bench ??= _bench;
        SettingsSection[] sections =
        [
            SettingsSection.Of("fetching", new FetchingOptions(), (_, _, _) => { }),
            SettingsSection.Of<IReadOnlyList<SourceOptions>>("sources", [], (_, _, _) => { }),
        ];
        var settings = new Settings(SettingsSnapshot.Of("threatwatch.json", sections, options ?? bench.Options), sections);
        return new LinkWorker(
            settings, _house.Database, _house.Get<PostLinkStore>(), new LinkCheck(bench.Fetcher), _house.Time, NullLogger<LinkWorker>.Instance);
    }
}
