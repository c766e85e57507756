using System.Net;
using System.Xml.Linq;
using ThreatWatch.Alerting;
using ThreatWatch.Core;
using ThreatWatch.Platform.Hosting;
using ThreatWatch.Platform.Storage;
using ThreatWatch.Tests.Alerting.Notifying.Twilio;

namespace ThreatWatch.Tests.Alerting.Notifying.Voice;

public sealed class VoiceTests : IAsyncLifetime
{
    private TwilioHouse _twilio = null!;

    private AlertingHouse House => _twilio.House;

    private IReadOnlyDictionary<string, string> Call => _twilio.Provider.Taken.First();

    public async ValueTask InitializeAsync()
    {
        _twilio = await TwilioHouse.StartAsync(Channel.Voice);
        await House.DetectAsync((Some.Post("a gun & <words> of a pupil"), RiskLevel.Critical));
        await House.SendDueAsync();
    }

    public ValueTask DisposeAsync() => _twilio.DisposeAsync();

    [Fact]
    public async Task A_call_reads_out_the_alert_without_the_post_and_asks_for_a_key()
    {
        var row = Assert.Single(await House.NotificationsAsync());
        Assert.Equal((Channel.Voice, NotificationState.Sent, Call["Sid"]), (row.Channel, row.State, row.ProviderId));
        Assert.Equal(("+15555550101", "+15555550191", "25"), (Call["To"], Call["From"], Call["Timeout"]));
        var gather = XElement.Parse(Call["Twiml"]).Element("Gather")!;
        Assert.Equal(($"https://watch.district.example/twilio/voice/answer/{row.Id}", "1"), (gather.Attribute("action")!.Value, gather.Attribute("numDigits")!.Value));
        Assert.Equal(
            "ThreatWatch of Maple Valley Unified. Critical threat: Cedar Ridge High School. The post names intent, means. Press 1 if you have it.",
            gather.Element("Say")!.Value);
        Assert.DoesNotContain("gun", Call["Twiml"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_one_acknowledges_and_the_call_counts_as_heard()
    {
        House.Time.Advance(TimeSpan.FromSeconds(15));
        var (status, body) = await AnswerAsync("1");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Contains("You have it", body, StringComparison.Ordinal);
        var alert = await House.OnlyAlertAsync();
        Assert.Equal(("ortega", "voice"), (alert.AcknowledgedBy, alert.AcknowledgedVia));
        var row = (await House.NotificationsAsync())[0];
        Assert.Equal((NotificationState.Delivered, AlertingHouse.Start.AddSeconds(15)), (row.State, row.OpenedAt!.Value));
    }

    [Theory]
    [InlineData("2")]
    [InlineData("")]
    public async Task Another_key_is_asked_again(string key)
    {
        Assert.Contains("Press 1", XElement.Parse((await AnswerAsync(key)).Body).Element("Gather")!.Value, StringComparison.Ordinal);
        Assert.Equal(AlertState.Open, (await House.OnlyAlertAsync()).State);
    }

    [Fact]
    public async Task A_key_in_another_call_or_without_the_signature_takes_nothing()
    {
        await AnswerAsync("1", sid: "CA-other");
        Assert.Equal(HttpStatusCode.Forbidden, (await AnswerAsync("1", signature: "bm8=")).Status);
        Assert.Equal(AlertState.Open, (await House.OnlyAlertAsync()).State);
    }

    [Theory]
    [InlineData("busy", "the line is busy")]
    [InlineData("no-answer", "nobody answers the phone")]
    [InlineData("failed", "the call could not be made")]
    public async Task A_call_that_nobody_takes_is_a_failed_channel_and_the_next_one_is_used_at_once(string status, string why)
    {
        await StatusAsync(status);
        await House.SendDueAsync();
        var rows = (await House.NotificationsAsync()).ToDictionary(row => row.Channel);
        Assert.Equal((NotificationState.Failed, why), (rows[Channel.Voice].State, rows[Channel.Voice].Error));
        Assert.Equal(NotificationState.Sent, rows[Channel.Sms].State);
    }

    [Fact]
    public async Task A_call_that_was_taken_is_delivered()
    {
        await StatusAsync("completed");
        Assert.Equal(NotificationState.Delivered, Assert.Single(await House.NotificationsAsync()).State);
    }

    [Fact]
    public async Task Who_was_told_by_a_call_alone_reads_who_has_it_where_there_is_a_number_for_it()
    {
        await TakeAsync("lindqvist");
        var text = Assert.Single(_twilio.Provider.Taken, taken => taken.ContainsKey("Body"));
        Assert.Equal("+15555550101", text["To"]);
        Assert.StartsWith("TAKEN Cedar Ridge High School: Officer M. Lindqvist has it.", text["Body"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_was_told_by_a_call_alone_is_called_once_more_where_no_text_message_reaches_them()
    {
        House.Settings.Replace(SettingsSnapshot.Of(
            House.Settings.Current.File, House.Settings.Sections, House.Settings.Get<District>(), House.Settings.Get<HttpOptions>(), House.Settings.Get<AlertingOptions>() with { Sms = null }));
        await TakeAsync("lindqvist");
        var calls = _twilio.Provider.Taken.ToList();
        Assert.Equal(2, calls.Count);
        var script = XElement.Parse(calls[1]["Twiml"]);
        Assert.Null(script.Element("Gather"));
        Assert.Equal(
            "ThreatWatch of Maple Valley Unified. Cedar Ridge High School: Officer M. Lindqvist has the Critical threat of which you were called. You need not act unless you are called.",
            script.Element("Say")!.Value);
    }

    [Fact]
    public async Task Who_takes_it_by_a_key_is_not_told_that_it_is_theirs()
    {
        await TakeAsync("ortega");
        Assert.Single(_twilio.Provider.Taken);
    }

    private async Task TakeAsync(string by)
    {
        await House.Get<AlertActions>().AcknowledgeAsync((await House.OnlyAlertAsync()).Id, by, "console", CancellationToken.None);
        await House.SendDueAsync();
    }

    private Task<(HttpStatusCode Status, string Body)> AnswerAsync(string key, string? sid = null, string? signature = null) =>
        _twilio.CallBackAsync(
            XElement.Parse(Call["Twiml"]).Element("Gather")!.Attribute("action")!.Value,
            new() { ["CallSid"] = sid ?? Call["Sid"], ["Digits"] = key, ["From"] = Call["From"], ["To"] = Call["To"] },
            signature);

    private Task StatusAsync(string status) =>
        _twilio.CallBackAsync(Call["StatusCallback"], new() { ["CallSid"] = Call["Sid"], ["CallStatus"] = status, ["To"] = Call["To"] });
}
