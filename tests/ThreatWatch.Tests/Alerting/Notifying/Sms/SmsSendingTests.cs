using ThreatWatch.Alerting;
using ThreatWatch.Alerting.Notifying;
using ThreatWatch.Alerting.Notifying.Twilio;
using ThreatWatch.Core;
using ThreatWatch.Platform.Hosting;
using ThreatWatch.Platform.Storage;
using ThreatWatch.Tests.Alerting.Notifying.Twilio;

namespace ThreatWatch.Tests.Alerting.Notifying.Sms;

public sealed class SmsSendingTests : IAsyncLifetime
{
    private TwilioHouse _twilio = null!;

    private AlertingHouse House => _twilio.House;

    public async ValueTask InitializeAsync() => _twilio = await TwilioHouse.StartAsync();

    public ValueTask DisposeAsync() => _twilio.DisposeAsync();

    [Fact]
    public async Task A_message_goes_to_the_number_with_a_receipt_asked_for_under_our_id()
    {
        await DetectAndSendAsync();
        var row = Assert.Single(await House.NotificationsAsync());
        var message = Assert.Single(_twilio.Provider.Taken);
        Assert.Equal(("+15555550101", "+15555550190", "600"), (message["To"], message["From"], message["ValidityPeriod"]));
        Assert.Equal($"https://watch.district.example/twilio/sms/status/{row.Id}", message["StatusCallback"]);
        Assert.StartsWith("HIGH Cedar Ridge High School: threat, names intent, means. Reply 1", message["Body"], StringComparison.Ordinal);
        Assert.Contains($"\nhttps://watch.district.example/a/{row.AlertId}.ortega.", message["Body"], StringComparison.Ordinal);
        Assert.DoesNotContain("gun", message["Body"], StringComparison.Ordinal);
        Assert.Equal((NotificationState.Sent, message["Sid"]), (row.State, row.ProviderId));
    }

    [Fact]
    public async Task A_throttling_provider_is_left_alone_for_as_long_as_it_says_and_mail_takes_over_at_once()
    {
        _twilio.Provider.Refuse(429, 20429, "Retry-After: 90");
        await DetectAndSendAsync();
        await House.DetectAsync((Some.Post(school: "harlan"), RiskLevel.High));
        await House.SendDueAsync();
        await House.SendDueAsync();
        Assert.Equal(1, _twilio.Provider.Posts);
        Assert.Equal(2, House.Mails().Count);
        var rows = (await House.NotificationsAsync()).Where(row => row.Channel == Channel.Sms).ToList();
        Assert.All(rows, row => Assert.Equal((NotificationState.Pending, AlertingHouse.Start.AddSeconds(90)), (row.State, row.DueAt)));
        House.Time.Advance(TimeSpan.FromSeconds(90));
        await House.SendDueAsync();
        Assert.Equal(2, _twilio.Provider.Taken.Count);
    }

    [Theory]
    [InlineData(503, 20503)]
    [InlineData(500, 0)]
    [InlineData(401, 20003)]
    [InlineData(400, 21606)]
    public async Task What_passes_by_itself_or_by_mending_the_settings_stays_due(int status, int code)
    {
        _twilio.Provider.Refuse(status, code);
        await DetectAndSendAsync();
        Assert.Single(House.Mails());
        Assert.Equal(NotificationState.Pending, (await SmsAsync()).State);
        House.Time.Advance(TimeSpan.FromMinutes(2));
        await House.SendDueAsync();
        Assert.Equal((NotificationState.Sent, 2), ((await SmsAsync()).State, (await SmsAsync()).Attempt));
        Assert.Single(House.Mails());
    }

    [Theory]
    [InlineData(21211, "the number is not valid (Twilio 21211)")]
    [InlineData(21610, "the number has opted out by STOP; it must send START to the sender (Twilio 21610)")]
    [InlineData(21699, "refused (Twilio 21699)")]
    public async Task What_will_never_work_fails_with_a_reason_that_holds_no_number(int code, string why)
    {
        _twilio.Provider.Refuse(400, code);
        await DetectAndSendAsync();
        Assert.Equal((NotificationState.Failed, why), ((await SmsAsync()).State, (await SmsAsync()).Error));
        Assert.Single(House.Mails());
    }

    [Fact]
    public async Task A_message_whose_answer_got_lost_is_found_at_the_provider_and_not_sent_twice()
    {
        _twilio.Provider.BreakAfterTaking();
        await DetectAndSendAsync();
        Assert.Equal(NotificationState.Pending, (await SmsAsync()).State);
        House.Time.Advance(TimeSpan.FromMinutes(1));
        await House.SendDueAsync();
        Assert.Equal((NotificationState.Sent, _twilio.Provider.Taken.Single()["Sid"]), ((await SmsAsync()).State, (await SmsAsync()).ProviderId));
    }

    [Fact]
    public async Task What_answers_in_the_providers_place_has_not_taken_the_message()
    {
        _twilio.Provider.AnswerWith("<html>Please accept the terms of this wireless network</html>");
        await DetectAndSendAsync();
        Assert.Equal(NotificationState.Pending, (await SmsAsync()).State);
    }

    [Fact]
    public async Task No_text_message_leaves_after_an_acknowledgement_not_even_one_that_a_dead_process_had_taken_up()
    {
        await House.DetectAsync((Some.Post(), RiskLevel.High));
        await using (var work = await House.Database.BeginAsync(CancellationToken.None))
        {
            Assert.Single(await NotificationStore.ClaimAsync(work, Channel.Sms, House.Time.GetUtcNow(), House.Time.GetUtcNow(), 10, CancellationToken.None));
            await work.CommitAsync(CancellationToken.None);
        }

        await AcknowledgeAsync();
        House.Time.Advance(TimeSpan.FromMinutes(5));
        await House.SendDueAsync();
        Assert.Equal(0, _twilio.Provider.Posts);
    }

    [Fact]
    public async Task A_message_that_had_to_wait_for_its_turn_is_looked_at_once_more_before_it_leaves()
    {
        await House.DetectAsync((Some.Post(), RiskLevel.High));
        var message = (await House.Get<BriefLoader>().LoadAsync(await House.NotificationsAsync(), CancellationToken.None)).Values.Single();
        await AcknowledgeAsync();
        var slow = House.Settings.Get<AlertingOptions>() with { Twilio = House.Settings.Get<AlertingOptions>().Twilio! with { PerSecond = 1 } };
        House.Settings.Replace(SettingsSnapshot.Of(House.Settings.Current.File, House.Settings.Sections, House.Settings.Get<District>(), slow));
        await House.Get<TwilioApi>().TurnAsync(slow.Twilio, CancellationToken.None);
        var sms = House.Get<IEnumerable<INotifier>>().Single(notifier => notifier.Channel == Channel.Sms);
        Assert.Equal(new SendOutcome.Rejected("somebody acknowledged before it left"), await sms.SendAsync(message, CancellationToken.None));
        Assert.Equal(0, _twilio.Provider.Posts);
    }

    [Fact]
    public async Task A_call_that_fails_after_an_acknowledgement_sends_nothing_by_another_channel()
    {
        await House.DetectAsync((Some.Post(), RiskLevel.High));
        await using (var work = await House.Database.BeginAsync(CancellationToken.None))
        {
            await NotificationStore.ClaimAsync(work, Channel.Sms, House.Time.GetUtcNow(), House.Time.GetUtcNow(), 10, CancellationToken.None);
            await work.CommitAsync(CancellationToken.None);
        }

        House.Time.Advance(TimeSpan.FromSeconds(1));
        await AcknowledgeAsync();
        House.Time.Advance(TimeSpan.FromSeconds(1));
        await House.Get<OutcomeBook>().RecordAsync(await SmsAsync(), new SendOutcome.Rejected("x"));
        await House.SendDueAsync();
        Assert.Empty(House.Mails());
        Assert.Equal(NotificationState.Failed, (await SmsAsync()).State);
    }

    private async Task DetectAndSendAsync()
    {
        await House.DetectAsync((Some.Post(), RiskLevel.High));
        await House.SendDueAsync();
        // What takes over from a failed channel may belong to a lane that had its turn.
        await House.SendDueAsync();
    }

    private async Task<Notification> SmsAsync() => Assert.Single(await House.NotificationsAsync(), row => row.Channel == Channel.Sms);

    private async Task AcknowledgeAsync() =>
        await House.Get<AlertActions>().AcknowledgeAsync((await House.OnlyAlertAsync()).Id, "ortega", "cli", CancellationToken.None);
}
