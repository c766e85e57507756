using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using ThreatWatch.Alerting.Routing;
using ThreatWatch.Alerting.Watch;
using ThreatWatch.Core;
using ThreatWatch.Tests.Wire;

namespace ThreatWatch.Tests.Alerting.Routing;

public sealed class DutyCalendarWorkerTests : IAsyncDisposable
{
    private const string Tag = "\"v1\"";
    private readonly ScriptedServer _server;
    private readonly AlertingHouse _house;
    private readonly DutyCalendarWorker _worker;
    private WireReply _reply = WireReply.Ok(Duty("20261124T120000Z", "20261124T180000Z"), $"ETag: {Tag}");

    public DutyCalendarWorkerTests()
    {
        _server = new ScriptedServer(request => request["If-None-Match"] == Tag ? WireReply.Of(304) : _reply);
        _house = new AlertingHouse(Some.Options() with
        {
            Duty = new() { Calendars = [new DutyCalendar { Officer = "ortega", Url = _server.Url("/duty.ics") }] },
        });
        _worker = new DutyCalendarWorker(_house.Settings, _house.Get<OwnTroubles>(), _house.Time, NullLogger<DutyCalendarWorker>.Instance);
    }

    [Fact]
    public async Task A_calendar_at_an_address_says_who_is_on_duty_and_is_fetched_again_only_where_it_changed()
    {
        Assert.Empty(OnDuty());
        await _worker.RunOnceAsync(CancellationToken.None);
        Assert.Equal(["12:00-18:00"], OnDuty());

        await _worker.RunOnceAsync(CancellationToken.None);
        Assert.Equal([null, Tag], _server.Requests.Select(request => request["If-None-Match"]));
        Assert.Equal(["12:00-18:00"], OnDuty());
    }

    [Fact]
    public async Task Who_was_on_duty_by_the_last_good_calendar_is_told_while_the_address_fails()
    {
        _reply = WireReply.Ok(Duty("20261124T120000Z", "20261124T180000Z"));
        await _worker.RunOnceAsync(CancellationToken.None);
        foreach (var bad in (WireReply[])[WireReply.Of(500), WireReply.Of(404), WireReply.Raw(), WireReply.Ok("<html>sign in</html>"), WireReply.Ok(""), WireReply.Of(200, new byte[5_000_001])])
        {
            _reply = bad;
            await _worker.RunOnceAsync(CancellationToken.None);
            Assert.Equal(["12:00-18:00"], OnDuty());
        }

        await _house.DetectAsync((Some.Post(), RiskLevel.High));
        Assert.Equal("ortega", Assert.Single(await _house.NotificationsAsync()).OfficerId);
    }

    [Fact]
    public async Task One_that_fails_for_an_hour_is_told_to_the_operators_by_the_person_it_is_for()
    {
        _reply = WireReply.Of(500);
        await _worker.RunOnceAsync(CancellationToken.None);
        _house.Time.Advance(TimeSpan.FromMinutes(59));
        await _worker.RunOnceAsync(CancellationToken.None);
        Assert.Empty(Troubles());
        _house.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(["the duty calendar of ortega can't be fetched"], Troubles());

        _reply = WireReply.Ok(Duty("20261124T120000Z", "20261124T180000Z"));
        await _worker.RunOnceAsync(CancellationToken.None);
        Assert.Empty(Troubles());
    }

    [Fact]
    public async Task A_calendar_whose_file_was_lost_is_fetched_whole()
    {
        await _worker.RunOnceAsync(CancellationToken.None);
        var all = _house.Settings.Current;
        File.Delete(DutyCalendars.FileOf(all.Get<ThreatWatch.Alerting.AlertingOptions>().Duty.Calendars[0], all));
        await _worker.RunOnceAsync(CancellationToken.None);
        Assert.Equal(["12:00-18:00"], OnDuty());
    }

    public async ValueTask DisposeAsync()
    {
        _worker.Dispose();
        await _house.DisposeAsync();
        await _server.DisposeAsync();
    }

    private static string Duty(string from, string until) => new StringBuilder("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//district//duty//EN\r\nBEGIN:VEVENT\r\nUID:1@duty\r\n")
        .Append(null, $"DTSTART:{from}\r\nDTEND:{until}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n").ToString();

    private List<string> OnDuty() => [.. _house.Get<DutyCalendars>().Current().Single().Events.Select(stretch => $"{stretch.From:HH:mm}-{stretch.Until:HH:mm}")];

    private List<string> Troubles() => [.. _house.Get<OwnTroubles>().Lasting(new WatchOptions(), _house.Time.GetUtcNow()).Select(trouble => trouble.What)];
}
