using Microsoft.Extensions.Logging.Abstractions;
using ThreatWatch.Alerting;
using ThreatWatch.Alerting.Notifying.Sms;
using ThreatWatch.Alerting.Watch;
using ThreatWatch.Core;
using ThreatWatch.Platform.Hosting;
using ThreatWatch.Platform.Storage;
using ThreatWatch.Tests.Wire;

namespace ThreatWatch.Tests.Alerting.Watch;

public sealed class WatchWorkerTests
{
    [Fact]
    public async Task A_role_that_dies_is_told_once_by_mail_and_text_message_then_reminded_of_then_cleared()
    {
        await using var phone = new ScriptedServer(WireReply.Ok("{}"));
        await using var house = new AlertingHouse(WithPhone(phone, new WatchOptions { Operators = ["ortega"] }));
        var watch = Watch(house);
        await BeatAsync(house, "ingest", "classifier");
        await watch.RunOnceAsync(CancellationToken.None);
        Assert.Empty(house.Mails());

        for (var minute = 0; minute < 5 * 60; minute++)
        {
            house.Time.Advance(TimeSpan.FromMinutes(1));
            await BeatAsync(house, "ingest");
            await watch.RunOnceAsync(CancellationToken.None);
        }

        Assert.Equal(["ThreatWatch IN TROUBLE", "ThreatWatch STILL IN TROUBLE"], house.Mails().Select(mail => mail.Subject));
        Assert.Contains("the role classifier gives no sign of life, for 2 min", house.Mails()[0].TextBody, StringComparison.Ordinal);
        Assert.Contains("classifier", Assert.Single(phone.Requests).Text, StringComparison.Ordinal);

        for (var minute = 0; minute < 5; minute++)
        {
            await BeatAsync(house, "ingest", "classifier");
            await watch.RunOnceAsync(CancellationToken.None);
            house.Time.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal("ThreatWatch: all clear", house.Mails()[^1].Subject);
        Assert.Equal(3, house.Mails().Count);
        Assert.Empty(await house.Get<TroubleStore>().AllAsync(CancellationToken.None));
    }

    [Fact]
    public async Task A_source_that_goes_quiet_is_told_by_mail_alone_once_and_then_that_it_is_back_and_the_monitor_hears_on()
    {
        await using var phone = new ScriptedServer(WireReply.Ok("{}"));
        await using var monitor = new ScriptedServer(WireReply.Ok("OK"));
        await using var house = new AlertingHouse(WithPhone(phone, new WatchOptions { Operators = ["ortega"], Ping = new PingOptions { Url = new Secret(monitor.Url("/ping").AbsoluteUri) } }));
        var (watch, last) = (Watch(house), house.Time.GetUtcNow());
        await house.Get<SourceRegisterStore>().ReplaceAsync([new("town-feed", "Town", "Feed", "", "", "", new(2026, 1, 1), new(2027, 1, 1), 30)], CancellationToken.None);
        for (var hour = 0; hour < 30; hour++)
        {
            house.Time.Advance(TimeSpan.FromHours(1));
            var (now, isBack) = (house.Time.GetUtcNow(), hour > 25);
            await house.Get<SourceStateStore>().SucceededAsync(
                "town-feed", now, _ => new SourcePulse(AlertingHouse.Start.AddDays(-9), now, isBack ? now : last, null, TimeSpan.FromHours(18), null), CancellationToken.None);
            await BeatAsync(house, "ingest", "classifier");
            await watch.RunOnceAsync(CancellationToken.None);
        }

        Assert.Equal(["ThreatWatch: a source has gone quiet", "ThreatWatch: all clear"], house.Mails().Select(mail => mail.Subject));
        Assert.Contains("the source town-feed answers but brings nothing new (unusual after 18 h), for 19 h", house.Mails()[0].TextBody, StringComparison.Ordinal);
        Assert.Empty(phone.Requests);
        Assert.Equal(30, monitor.Requests.Count);
    }

    [Fact]
    public async Task Of_two_processes_one_tells()
    {
        await using var house = new AlertingHouse();
        var (one, other) = (Watch(house), Watch(house));
        house.Time.Advance(TimeSpan.FromMinutes(10));
        await one.RunOnceAsync(CancellationToken.None);
        await other.RunOnceAsync(CancellationToken.None);
        Assert.Equal("desk@maplevalley.example", Assert.Single(house.Mails()).To.Mailboxes.Single().Address);
    }

    [Fact]
    public async Task Where_nobody_can_be_reached_it_is_tried_again_until_somebody_is()
    {
        var isUp = false;
        await using var phone = new ScriptedServer(_ => isUp ? WireReply.Ok("{}") : WireReply.Of(500));
        var options = WithPhone(phone, new WatchOptions { Operators = ["ortega"] });
        await using var house = new AlertingHouse(options, Some.District() with
        {
            Officers = [.. Some.District().Officers.Select(officer => officer.Id == "ortega" ? officer with { Email = null } : officer)],
        });
        var watch = Watch(house);
        house.Time.Advance(TimeSpan.FromMinutes(10));
        await watch.RunOnceAsync(CancellationToken.None);
        await watch.RunOnceAsync(CancellationToken.None);
        Assert.Single(phone.Requests);

        isUp = true;
        for (var minute = 0; minute < 20; minute++)
        {
            house.Time.Advance(TimeSpan.FromMinutes(1));
            await watch.RunOnceAsync(CancellationToken.None);
        }

        Assert.Equal(2, phone.Requests.Count);
    }

    [Fact]
    public async Task A_message_that_no_provider_takes_and_an_alert_that_reached_nobody_are_found_in_the_rows()
    {
        await using var phone = new ScriptedServer(WireReply.Of(503));
        await using var house = new AlertingHouse(WithPhone(phone, new WatchOptions()), Some.District() with
        {
            Officers = [.. Some.District().Officers.Select(officer => officer.Id == "ortega" ? officer with { Email = null } : officer)],
        });
        await house.DetectAsync((Some.Post(), RiskLevel.High));
        await house.SendDueAsync();
        house.Time.Advance(TimeSpan.FromMinutes(4));
        await BeatAsync(house, "ingest", "classifier");

        var facts = await house.Get<ChainStore>().LookAsync(house.Time.GetUtcNow(), CancellationToken.None);
        Assert.Equal(["unsent:Sms", "untold"], Troubles.Now(facts, new WatchOptions(), AlertingHouse.Start, house.Time.GetUtcNow()).Select(trouble => trouble.Key));
    }

    [Fact]
    public async Task A_post_that_nobody_judges_and_a_dead_letter_are_found_in_the_rows()
    {
        await using var house = new AlertingHouse();
        await using (var work = await house.Database.BeginAsync(CancellationToken.None))
        {
            await PostStore.AddAsync(work, [Some.Post()], CancellationToken.None);
            await work.ExecuteAsync(
                "insert into dead_letters (topic, body, reason, attempts, died_at) values ('t', '{}', 'bad', 5, @now)", CancellationToken.None, ("@now", house.Time.GetUtcNow()));
            await work.CommitAsync(CancellationToken.None);
        }

        house.Time.Advance(TimeSpan.FromMinutes(5));
        await BeatAsync(house, "ingest", "classifier");
        var facts = await house.Get<ChainStore>().LookAsync(house.Time.GetUtcNow(), CancellationToken.None);
        Assert.Equal(["unjudged", "deadletters"], Troubles.Now(facts, new WatchOptions(), AlertingHouse.Start, house.Time.GetUtcNow()).Select(trouble => trouble.Key));
    }

    [Fact]
    public async Task The_monitor_hears_from_us_as_often_as_it_wants_and_nothing_while_we_are_in_trouble()
    {
        await using var monitor = new ScriptedServer(WireReply.Ok("OK"));
        await using var house = new AlertingHouse(Some.Options() with { Watch = new WatchOptions { Ping = new PingOptions { Url = new Secret(monitor.Url("/ping/abc").AbsoluteUri) } } });
        var watch = Watch(house);
        for (var minute = 0; minute < 10; minute++)
        {
            await BeatAsync(house, "ingest", "classifier");
            await watch.RunOnceAsync(CancellationToken.None);
            house.Time.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal(["GET /ping/abc", "GET /ping/abc"], monitor.Requests.Select(request => $"{request.Method} {request.Path}"));
        house.Time.Advance(TimeSpan.FromMinutes(10));
        await watch.RunOnceAsync(CancellationToken.None);
        Assert.Equal(2, monitor.Requests.Count);
    }

    private static AlertingOptions WithPhone(ScriptedServer phone, WatchOptions watch) => Some.Options() with
    {
        Watch = watch,
        Sms = new SmsOptions { Gateway = new GatewayOptions { Url = new Secret(phone.Url("/send").AbsoluteUri), Body = "{\"to\":\"{to}\",\"text\":\"{text}\"}" } },
    };

    private static WatchWorker Watch(AlertingHouse house) => new(
        house.Settings, house.Database, house.Get<ChainStore>(), house.Get<TroubleStore>(), house.Get<OwnTroubles>(), house.Get<OperatorLine>(), house.Get<OutgoingPing>(), house.Time, NullLogger<WatchWorker>.Instance);

    private static async Task BeatAsync(AlertingHouse house, params string[] roles)
    {
        foreach (var role in roles)
        {
            await house.Database.ExecuteAsync(
                "insert into heartbeats (role, instance, at, detail) values (@role, 'one', @now, '') on conflict (role, instance) do update set at = excluded.at",
                CancellationToken.None,
                ("@role", role),
                ("@now", house.Time.GetUtcNow()));
        }
    }
}
