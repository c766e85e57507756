using System.Net;
using ThreatWatch.Alerting.Notifying;
using ThreatWatch.Alerting.Notifying.Twilio;
using ThreatWatch.Core;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Tests.Alerting.Notifying.Twilio;

/// <summary>What Twilio does on its bad days, for messages and calls alike.</summary>
public sealed class TwilioTroubleTests
{
    [Theory]
    [InlineData(Channel.Sms)]
    [InlineData(Channel.Voice)]
    public async Task A_throttle_that_names_no_pause_gets_our_own(Channel channel)
    {
        await using var twilio = await StartAsync(channel);
        twilio.Provider.Refuse(429, 20429);
        await SendAsync(twilio.House);
        Assert.Equal((NotificationState.Pending, AlertingHouse.Start.AddSeconds(5)), await StateAsync(twilio.House, channel, row => row.DueAt));
    }

    [Theory]
    [InlineData(Channel.Sms)]
    [InlineData(Channel.Voice)]
    public async Task A_pause_may_end_at_a_date(Channel channel)
    {
        await using var twilio = await StartAsync(channel);
        twilio.Provider.Refuse(503, 20503, "Retry-After: Tue, 24 Nov 2026 13:42:30 GMT");
        await SendAsync(twilio.House);
        Assert.Equal((NotificationState.Pending, AlertingHouse.Start.AddSeconds(150)), await StateAsync(twilio.House, channel, row => row.DueAt));
        twilio.House.Time.Advance(TimeSpan.FromSeconds(149));
        await SendAsync(twilio.House);
        Assert.Equal(1, twilio.Provider.Posts);
        twilio.House.Time.Advance(TimeSpan.FromSeconds(1));
        await SendAsync(twilio.House);
        Assert.Equal((NotificationState.Sent, 2), await StateAsync(twilio.House, channel, row => row.Attempt));
    }

    [Theory]
    [InlineData(500, 0, NotificationState.Pending)]
    [InlineData(502, 0, NotificationState.Pending)]
    [InlineData(403, 20005, NotificationState.Pending)]
    [InlineData(400, 21212, NotificationState.Pending)]
    [InlineData(400, 21211, NotificationState.Failed)]
    [InlineData(400, 21214, NotificationState.Failed)]
    [InlineData(400, 21215, NotificationState.Failed)]
    [InlineData(400, 13224, NotificationState.Failed)]
    public async Task A_call_that_Twilio_does_not_make_is_a_failed_channel_and_the_next_is_used_at_once(int status, int code, NotificationState state)
    {
        await using var twilio = await StartAsync(Channel.Voice);
        twilio.Provider.Refuse(status, code);
        await SendAsync(twilio.House);
        var row = (await twilio.House.NotificationsAsync()).Single(row => row.Channel == Channel.Voice);
        Assert.Equal(state, row.State);
        Assert.DoesNotContain("555", row.Error, StringComparison.Ordinal);
        Assert.Equal("+15555550101", Assert.Single(twilio.Provider.Taken, taken => taken.ContainsKey("Body"))["To"]);
    }

    [Theory]
    [InlineData(21614)]
    [InlineData(21612)]
    [InlineData(21408)]
    [InlineData(21617)]
    public async Task A_message_that_will_never_go_fails_and_mail_is_used_at_once(int code)
    {
        await using var twilio = await StartAsync(Channel.Sms);
        twilio.Provider.Refuse(400, code);
        await SendAsync(twilio.House);
        var row = (await twilio.House.NotificationsAsync()).Single(row => row.Channel == Channel.Sms);
        Assert.Equal((NotificationState.Failed, TwilioErrors.Say(code)), (row.State, row.Error));
        Assert.Single(twilio.House.Mails());
    }

    [Fact]
    public async Task A_receipt_that_overtakes_the_answer_stands_and_the_answer_changes_nothing()
    {
        await using var twilio = await StartAsync(Channel.Sms);
        var house = twilio.House;
        IReadOnlyList<Notification> claimed;
        await using (var work = await house.Database.BeginAsync(CancellationToken.None))
        {
            claimed = await NotificationStore.ClaimAsync(work, Channel.Sms, house.Time.GetUtcNow(), house.Time.GetUtcNow(), 10, CancellationToken.None);
            await work.CommitAsync(CancellationToken.None);
        }

        var row = Assert.Single(claimed);
        await twilio.CallBackAsync($"{TwilioHouse.PublicUrl}twilio/sms/status/{row.Id}", new() { ["MessageSid"] = "SM1", ["MessageStatus"] = "delivered" });
        await house.Get<OutcomeBook>().RecordAsync(row, new SendOutcome.Sent("SM1"));
        house.Time.Advance(TimeSpan.FromMinutes(5));
        await SendAsync(house);
        var after = Assert.Single(await house.NotificationsAsync());
        Assert.Equal((NotificationState.Delivered, "SM1", 1, 0), (after.State, after.ProviderId, after.Attempt, twilio.Provider.Posts));
    }

    [Theory]
    [InlineData("sms/inbound")]
    [InlineData("sms/status/{0}")]
    [InlineData("voice/status/{0}")]
    [InlineData("voice/answer/{0}")]
    public async Task Fields_that_were_changed_or_added_after_the_signing_are_refused_at_every_door(string door)
    {
        await using var twilio = await StartAsync(Channel.Sms);
        await SendAsync(twilio.House);
        var row = Assert.Single(await twilio.House.NotificationsAsync());
        var url = TwilioHouse.PublicUrl + "twilio/" + string.Format(System.Globalization.CultureInfo.InvariantCulture, door, row.Id);
        var signed = new Dictionary<string, string> { ["From"] = "+15555550999", ["Body"] = "hello", ["MessageSid"] = row.ProviderId!, ["MessageStatus"] = "sent", ["CallSid"] = "CA1" };
        var signature = TwilioSignature.Sign(ScriptedTwilio.Token, url, signed);
        Dictionary<string, string>[] forged =
        [
            new(signed) { ["From"] = "+15555550101", ["Body"] = "1" },
            new(signed) { ["MessageStatus"] = "failed", ["Digits"] = "1" },
        ];
        foreach (var fields in forged)
            Assert.Equal(HttpStatusCode.Forbidden, (await twilio.CallBackAsync(url, fields, signature)).Status);
        Assert.Equal((AlertState.Open, NotificationState.Sent), ((await twilio.House.OnlyAlertAsync()).State, Assert.Single(await twilio.House.NotificationsAsync()).State));
    }

    private static async Task<TwilioHouse> StartAsync(Channel channel)
    {
        var twilio = await TwilioHouse.StartAsync(channel);
        await twilio.House.DetectAsync((Some.Post(), channel == Channel.Voice ? RiskLevel.Critical : RiskLevel.High));
        return twilio;
    }

    // Twice: what takes over from a failed channel may belong to a lane that had its turn.
    private static async Task SendAsync(AlertingHouse house)
    {
        await house.SendDueAsync();
        await house.SendDueAsync();
    }

    private static async Task<(NotificationState, T)> StateAsync<T>(AlertingHouse house, Channel channel, Func<Notification, T> value)
    {
        var row = (await house.NotificationsAsync()).Single(row => row.Channel == channel);
        return (row.State, value(row));
    }
}
