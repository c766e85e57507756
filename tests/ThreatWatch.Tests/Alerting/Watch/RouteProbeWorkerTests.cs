using Microsoft.Extensions.Logging.Abstractions;
using ThreatWatch.Alerting.Notifying.Email;
using ThreatWatch.Alerting.Notifying.Twilio;
using ThreatWatch.Alerting.Watch;
using ThreatWatch.Tests.Alerting.Notifying.Email;

namespace ThreatWatch.Tests.Alerting.Watch;

public sealed class RouteProbeWorkerTests
{
    [Fact]
    public async Task A_mail_server_that_refuses_us_is_a_trouble_after_three_minutes_though_nobody_has_anything_to_send()
    {
        string? answer = null;
        using var server = new ScriptedSmtpServer(line => line.StartsWith("EHLO", StringComparison.Ordinal) || line.StartsWith("HELO", StringComparison.Ordinal) ? answer : null);
        await using var house = new AlertingHouse(Some.Options() with
        {
            Email = Some.Options().Email with { Smtp = new() { Host = "127.0.0.1", Port = server.Port, Security = SmtpSecurity.None } },
        });
        var (probe, own) = (Probe(house), house.Get<OwnTroubles>());
        await probe.RunOnceAsync(CancellationToken.None);
        Assert.Empty(Lasting());

        answer = "554 5.7.1 go away";
        house.Time.Advance(TimeSpan.FromMinutes(4));
        await probe.RunOnceAsync(CancellationToken.None);
        Assert.Equal(1, server.Connections);
        house.Time.Advance(TimeSpan.FromMinutes(1));
        await probe.RunOnceAsync(CancellationToken.None);
        house.Time.Advance(TimeSpan.FromMinutes(3) - TimeSpan.FromSeconds(1));
        Assert.Empty(Lasting());
        house.Time.Advance(TimeSpan.FromSeconds(1));
        var trouble = Assert.Single(Lasting());
        Assert.StartsWith("no e-mail would leave: ", trouble.What, StringComparison.Ordinal);
        Assert.Equal(Loudness.Call, Troubles.Loudness([trouble]));

        answer = null;
        await probe.RunOnceAsync(CancellationToken.None);
        Assert.Empty(Lasting());

        IReadOnlyList<Trouble> Lasting() => own.Lasting(new WatchOptions(), house.Time.GetUtcNow());
    }

    [Fact]
    public async Task Nothing_is_tried_where_nobody_wants_it()
    {
        using var server = new ScriptedSmtpServer();
        await using var house = new AlertingHouse(Some.Options() with
        {
            Watch = new WatchOptions { ProbeEvery = TimeSpan.Zero },
            Email = Some.Options().Email with { Smtp = new() { Host = "127.0.0.1", Port = server.Port, Security = SmtpSecurity.None } },
        });
        await Probe(house).RunOnceAsync(CancellationToken.None);
        Assert.Equal(0, server.Connections);
    }

    private static RouteProbeWorker Probe(AlertingHouse house) => new(
        house.Settings, house.Get<SmtpPool>(), house.Get<TwilioApi>(), house.Get<OwnTroubles>(), house.Time, NullLogger<RouteProbeWorker>.Instance);
}
