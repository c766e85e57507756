using System.Net;
using ThreatWatch.Core;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Tests.Alerting.Notifying.Twilio;

public sealed class TwilioCallbacksTests : IAsyncLifetime
{
    private const string Ortega = "+15555550101";
    private const string Lindqvist = "+15555550102";
    private TwilioHouse _twilio = null!;

    private AlertingHouse House => _twilio.House;

    private IReadOnlyDictionary<string, string> Message => _twilio.Provider.Taken.First(message => message["To"] == Ortega);

    public async ValueTask InitializeAsync()
    {
        _twilio = await TwilioHouse.StartAsync();
        await House.DetectAsync((Some.Post(school: "juniper"), RiskLevel.High));
    }

    public ValueTask DisposeAsync() => _twilio.DisposeAsync();

    [Fact]
    public async Task Receipts_in_any_order_say_that_it_was_delivered()
    {
        await House.SendDueAsync();
        House.Time.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(HttpStatusCode.NoContent, (await _twilio.ReceiptAsync(Message, "delivered")).Status);
        House.Time.Advance(TimeSpan.FromSeconds(3));
        foreach (var late in new[] { "sent", "queued", "delivered", "undelivered", "no-such-status" })
            await _twilio.ReceiptAsync(Message, late, "30003");
        var row = await RowAsync();
        Assert.Equal((NotificationState.Delivered, AlertingHouse.Start.AddSeconds(3)), (row.State, row.DeliveredAt!.Value));
        await House.SendDueAsync();
        Assert.Empty(House.Mails());
    }

    [Fact]
    public async Task A_message_that_did_not_arrive_is_a_failed_channel_and_the_next_one_is_used_at_once()
    {
        await House.SendDueAsync();
        await _twilio.ReceiptAsync(Message, "undelivered", "30003");
        await _twilio.ReceiptAsync(Message, "failed", "30003");
        await House.SendDueAsync();
        var row = await RowAsync();
        Assert.Equal((NotificationState.Failed, "the phone is switched off or out of reach (Twilio 30003)"), (row.State, row.Error));
        Assert.Equal("ortega@maplevalley.example", Assert.Single(House.Mails()).To.Mailboxes.Single().Address);
    }

    [Fact]
    public async Task After_a_crash_between_acceptance_and_its_record_the_receipt_keeps_the_message_from_going_twice()
    {
        await using (var work = await House.Database.BeginAsync(CancellationToken.None))
        {
            await NotificationStore.ClaimAsync(work, Channel.Sms, House.Time.GetUtcNow(), House.Time.GetUtcNow(), 10, CancellationToken.None);
            await work.CommitAsync(CancellationToken.None);
        }

        foreach (var left in await House.NotificationsAsync())
        {
            await _twilio.CallBackAsync(
                $"{TwilioHouse.PublicUrl}twilio/sms/status/{left.Id}", new() { ["MessageSid"] = "SM" + left.Id, ["MessageStatus"] = "sent" });
        }

        House.Time.Advance(TimeSpan.FromMinutes(2));
        await House.SendDueAsync();
        Assert.Equal(0, _twilio.Provider.Posts);
        Assert.All(await House.NotificationsAsync(), row => Assert.Equal((NotificationState.Sent, "SM" + row.Id), (row.State, row.ProviderId)));
    }

    [Fact]
    public async Task A_receipt_for_the_message_of_another_attempt_changes_nothing()
    {
        await House.SendDueAsync();
        await _twilio.ReceiptAsync(new Dictionary<string, string>(Message) { ["Sid"] = "SM-other" }, "failed", "30003");
        Assert.Equal(NotificationState.Sent, (await RowAsync()).State);
    }

    [Fact]
    public async Task Nothing_without_the_signature_is_believed()
    {
        await House.SendDueAsync();
        Assert.Equal(HttpStatusCode.Forbidden, (await _twilio.TextAsync(Ortega, "1", signature: "bm90IHR3aWxpbydz")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await _twilio.TextAsync(Ortega, "1", signature: "")).Status);
        Assert.Equal(AlertState.Open, (await House.OnlyAlertAsync()).State);
    }

    [Fact]
    public async Task A_one_from_the_officers_phone_acknowledges_and_the_others_are_told()
    {
        await House.SendDueAsync();
        House.Time.Advance(TimeSpan.FromSeconds(20));
        var (status, body) = await _twilio.TextAsync(Ortega, "1");
        var alert = await House.OnlyAlertAsync();
        Assert.Equal(("ortega", "sms", AlertingHouse.Start.AddSeconds(20)), (alert.AcknowledgedBy, alert.AcknowledgedVia, alert.AcknowledgedAt!.Value));
        Assert.Equal((HttpStatusCode.OK, $"<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response><Message>{alert.Id} is yours. The others are told.</Message></Response>"), (status, body));
        await House.SendDueAsync();
        var last = _twilio.Provider.Taken.Last();
        Assert.Equal((Lindqvist, $"TAKEN Juniper Street Elementary: Officer R. Ortega has it. #{alert.Id}"), (last["To"], last["Body"]));
        Assert.Equal(3, _twilio.Provider.Taken.Count);
    }

    [Fact]
    public async Task Who_comes_second_hears_who_was_first()
    {
        await House.SendDueAsync();
        await _twilio.TextAsync(Lindqvist, "tengo");
        Assert.Contains("Officer M. Lindqvist has ", (await _twilio.TextAsync(Ortega, "1")).Body, StringComparison.Ordinal);
        Assert.Equal("lindqvist", (await House.OnlyAlertAsync()).AcknowledgedBy);
    }

    [Fact]
    public async Task Of_several_open_alerts_the_person_is_asked_which()
    {
        await House.DetectAsync((Some.Post("another threat with a knife", school: "cedar"), RiskLevel.High));
        await House.SendDueAsync();
        var ids = (await House.AlertsAsync()).Select(alert => alert.Id).ToList();
        var asked = (await _twilio.TextAsync(Ortega, "1")).Body;
        Assert.All(ids, id => Assert.Contains(id, asked, StringComparison.Ordinal));
        Assert.All(await House.AlertsAsync(), alert => Assert.Equal(AlertState.Open, alert.State));
        await _twilio.TextAsync(Ortega, $"ack {ids[1].ToLowerInvariant()}");
        Assert.Equal(ids[1], Assert.Single(await House.AlertsAsync(), alert => alert.State == AlertState.Acknowledged).Id);
    }

    [Theory]
    [InlineData("+15555550999", "1")]
    [InlineData(Ortega, "Who is this?")]
    [InlineData(Ortega, "STOP")]
    [InlineData("", "1")]
    public async Task Strangers_and_other_talk_get_no_answer(string from, string body)
    {
        await House.SendDueAsync();
        Assert.Equal((HttpStatusCode.NoContent, ""), await _twilio.TextAsync(from, body));
        Assert.Equal(AlertState.Open, (await House.OnlyAlertAsync()).State);
    }

    private async Task<Notification> RowAsync() => (await House.NotificationsAsync()).Single(row => row.ProviderId == Message["Sid"]);
}
