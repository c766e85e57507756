using ThreatWatch.Alerting;
using ThreatWatch.Alerting.Notifying.Sms;
using ThreatWatch.Alerting.Notifying.Voice;
using ThreatWatch.Alerting.Notifying.Webhooks;
using ThreatWatch.Alerting.Watch;
using ThreatWatch.Platform.Hosting;
using ThreatWatch.Tests.Alerting.Notifying.Twilio;
using ThreatWatch.Tests.Wire;

namespace ThreatWatch.Tests.Alerting.Watch;

public sealed class OperatorLineTests : IAsyncDisposable
{
    private readonly ScriptedTwilio _twilio = new(() => AlertingHouse.Start);
    private readonly ScriptedServer _rooms;
    private readonly AlertingHouse _house;
    private int _status = 200;

    public OperatorLineTests()
    {
        _rooms = new ScriptedServer(_ => WireReply.Of(_status));
        _house = new AlertingHouse(Options());
    }

    [Theory]
    [InlineData(Loudness.Call, 1, 1)]
    [InlineData(Loudness.Text, 1, 0)]
    [InlineData(Loudness.Written, 0, 0)]
    public async Task Operators_hear_by_every_channel_that_is_not_too_loud_for_it(Loudness loudness, int texts, int calls)
    {
        Assert.True(await TellAsync(loudness));

        Assert.Equal("ThreatWatch DRILL FAILED - Cedar", Assert.Single(_house.Mails()).Subject);
        Assert.Equal(["/generic", "/slack", "/teams"], _rooms.Requests.Select(request => request.Path).Order());
        Assert.All(_rooms.Requests, request => Assert.Contains("nobody acknowledged within 15 min", request.Text, StringComparison.Ordinal));
        Assert.StartsWith("v1,", Assert.Single(_rooms.Requests, request => request.Path == "/generic")["webhook-signature"], StringComparison.Ordinal);
        Assert.Equal(texts, _twilio.Taken.Count(message => message.TryGetValue("Body", out var text) && text == "ThreatWatch DRILL FAILED - Cedar: nobody acknowledged within 15 min"));
        Assert.Equal(calls, _twilio.Taken.Count(message => message.TryGetValue("Twiml", out var script) && script.Contains("nobody acknowledged within 15 min", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Where_nothing_written_leaves_the_phone_is_used_after_all_and_only_then_a_call()
    {
        _status = 500;
        Directory.CreateDirectory(Path.GetDirectoryName(_house.Outbox)!);
        await File.WriteAllTextAsync(_house.Outbox, "a file where the pickup folder would be");
        Assert.True(await TellAsync(Loudness.Written));
        Assert.Single(_twilio.Taken);
        _twilio.Refuse(400, 21610);
        Assert.True(await TellAsync(Loudness.Written));
        Assert.Contains("Twiml", _twilio.Taken.Last().Keys);
    }

    [Fact]
    public async Task Where_nobody_is_reached_that_is_the_answer()
    {
        _status = 500;
        _twilio.Refuse(400, 21610);
        _twilio.Refuse(400, 21211);
        Directory.CreateDirectory(Path.GetDirectoryName(_house.Outbox)!);
        await File.WriteAllTextAsync(_house.Outbox, "a file where the pickup folder would be");
        Assert.False(await TellAsync(Loudness.Call));
    }

    [Theory]
    [InlineData("role:classifier", Loudness.Call)]
    [InlineData("unsent:Email", Loudness.Call)]
    [InlineData("source:town", Loudness.Text)]
    [InlineData("deadletters", Loudness.Text)]
    [InlineData("calendar:ortega", Loudness.Text)]
    [InlineData(null, Loudness.Written)]
    public void A_dead_chain_makes_a_phone_ring_and_a_source_that_fails_does_not(string? key, Loudness expected) =>
        Assert.Equal(expected, Troubles.Loudness(
        [
            new Trouble("quiet:other", "", AlertingHouse.Start) { IsToldOnce = true },
            .. key is null ? (Trouble[])[] : [new Trouble(key, "", AlertingHouse.Start)],
        ]));

    [Fact]
    public void An_operators_room_needs_no_step_of_the_escalation()
    {
        Assert.Empty(Problems("ortega"));
        Assert.Contains("nothing would ever be sent to it", Assert.Single(Problems("lindqvist")), StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        await _house.DisposeAsync();
        await _rooms.DisposeAsync();
        await _twilio.DisposeAsync();
    }

    private static List<string> Problems(string officer)
    {
        var problems = new Problems();
        var hook = new WebhookOptions { Kind = WebhookKind.Slack, Officer = officer, Url = new Secret("https://hooks.example/x") };
        WebhookOptions.Validate([hook], Some.Options() with { Webhooks = [hook], Watch = new() { Operators = ["ortega"] } }, Some.District(), problems);
        return [.. problems.All.Select(problem => $"{problem}")];
    }

    private Task<bool> TellAsync(Loudness loudness) =>
        _house.Get<OperatorLine>().TellAsync("drill-1", "ThreatWatch DRILL FAILED - Cedar", ["nobody acknowledged within 15 min"], loudness, CancellationToken.None);

    private AlertingOptions Options() => Some.Options() with
    {
        Watch = new() { Operators = ["ortega"] },
        Twilio = new() { AccountSid = ScriptedTwilio.Account, AuthToken = new Secret(ScriptedTwilio.Token), Url = _twilio.Url, PerSecond = 200 },
        Sms = new SmsOptions { From = "+15555550190" },
        Voice = new VoiceOptions { From = "+15555550191" },
        Webhooks =
        [
            .. new[] { WebhookKind.Slack, WebhookKind.Teams, WebhookKind.Generic }.Select(kind => new WebhookOptions
            {
                Kind = kind,
                Officer = "ortega",
                Url = new Secret(_rooms.Url($"/{kind.ToString().ToLowerInvariant()}").AbsoluteUri),
                Secret = new Secret("a secret of twenty-four letters"),
            }),
        ],
    };
}
