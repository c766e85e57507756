using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using MimeKit;
using ThreatWatch.Alerting;
using ThreatWatch.Alerting.Notifying;
using ThreatWatch.Alerting.Notifying.Email;
using ThreatWatch.Alerting.Notifying.Email.Reports;
using ThreatWatch.Alerting.Notifying.Sms;
using ThreatWatch.Alerting.Watch;
using ThreatWatch.Core;
using ThreatWatch.Platform.Hosting;
using ThreatWatch.Platform.Storage;
using ThreatWatch.Tests.Wire;

namespace ThreatWatch.Tests.Alerting.Notifying.Email;

public sealed class MailReportsTests : IAsyncDisposable
{
    private const string Id = "0123456789abcdef0123456789abcdef";
    private const string MessageId = $"<{Id}@maplevalley.example>";

    private readonly ScriptedImapServer _imap = new() { KnowsIdle = true };
    private readonly ScriptedServer _phone = new(WireReply.Ok("{}"));
    private readonly AlertingHouse _house;
    private readonly MailReportsWorker _worker;

    public MailReportsTests()
    {
        _house = new AlertingHouse(Options());
        _worker = new MailReportsWorker(_house.Settings, _house.Get<Receipts>(), _house.Get<MailTokens>(), _house.Get<OwnTroubles>(), _house.Time, NullLogger<MailReportsWorker>.Instance);
    }

    public static TheoryData<string, string?> Reports => new()
    {
        { SomeReport.Delivery("failed", "5.1.1", Id, MessageId), "Failed the mail came back (5.1.1)" },
        { SomeReport.Delivery("failed", "5.1.1", Id, null, returned: null), "Failed the mail came back (5.1.1)" },
        { SomeReport.Delivery("failed", "5.7.1", null, MessageId, "text/rfc822-headers"), "Failed the mail came back (5.7.1)" },
        { SomeReport.Delivery("failed", "5.1.10", null, MessageId), "Failed the mail came back (5.1.10)" },
        { SomeReport.Delivery("delayed", "4.4.1", Id, MessageId), "Failed the mail came back (4.4.1)" },
        { SomeReport.Delivery("delivered", "2.0.0", Id, MessageId), "Delivered " },
        { SomeReport.Delivery("relayed", "2.0.0", Id, MessageId), null },
        { SomeReport.Delivery("failed", "5.1.1", "another-program", "<of-another@program.example>"), null },
        { SomeReport.Receipt("displayed", MessageId), "Opened " },
        { SomeReport.Receipt("deleted", MessageId), null },
        { SomeReport.Letter("Undelivered Mail Returned to Sender"), null },
    };

    [Theory]
    [MemberData(nameof(Reports))]
    public void A_report_says_what_became_of_which_mail_and_no_address(string mail, string? expected)
    {
        var report = MailReport.Read(MimeMessage.Load(new MemoryStream(Encoding.UTF8.GetBytes(mail))));
        Assert.Equal(expected is null ? null : $"{Id} {expected}", report is null ? null : $"{report.NotificationId} {report.Kind} {report.Why}");
    }

    [Fact]
    public async Task A_mail_that_comes_back_is_a_failed_channel_and_the_phone_is_used_at_once_and_once()
    {
        var row = await TellAsync();
        _house.Time.Advance(TimeSpan.FromMinutes(2));
        _imap.Messages.Add((SomeReport.Letter("I am on leave"), false));
        _imap.Messages.Add((SomeReport.Delivery("failed", "5.1.1", row.Id, row.ProviderId), false));
        for (var look = 0; look < 3; look++)
        {
            await _worker.RunOnceAsync(CancellationToken.None);
            await _house.SendDueAsync();
            _house.Time.Advance(TimeSpan.FromSeconds(31));
        }

        Assert.Equal(
            (NotificationState.Failed, "the mail came back (5.1.1)", AlertingHouse.Start.AddMinutes(2)),
            await RowAsync(row.Id) is var failed ? (failed.State, failed.Error, failed.FailedAt) : default);
        Assert.Single(_phone.Requests);
        // What is no report stays unread, and is not fetched again.
        Assert.Equal([false, true], _imap.Messages.Select(message => message.IsSeen));
        Assert.Single(_imap.Commands, command => command.Contains("UID FETCH 1 ", StringComparison.Ordinal));
        Assert.Equal(1, _imap.Logins);
    }

    [Fact]
    public async Task A_server_that_knows_idle_says_at_once_that_a_mail_came_back()
    {
        var row = await TellAsync();
        await _worker.StartAsync(CancellationToken.None);
        await _imap.Idles;
        // The clock stands still: nobody looks by themselves.
        await _imap.ArriveAsync(SomeReport.Delivery("failed", "5.1.1", row.Id, row.ProviderId));
        while (!_imap.Commands.Any(command => command.Contains("UID STORE", StringComparison.Ordinal)))
            await Task.Yield();
        await _worker.StopAsync(CancellationToken.None);
        Assert.Equal(NotificationState.Failed, (await RowAsync(row.Id)).State);
        Assert.Equal(1, _imap.Logins);
    }

    [Fact]
    public async Task A_bounce_in_free_words_is_a_failed_channel_and_one_of_another_mail_stays_unread()
    {
        var row = await TellAsync();
        _imap.Messages.Add((SomeBounce.Exim("<of-another@program.example>"), false));
        _imap.Messages.Add((SomeBounce.Exim(row.ProviderId!), false));
        await _worker.RunOnceAsync(CancellationToken.None);
        Assert.Equal((NotificationState.Failed, "the mail came back (5.1.1)"), await RowAsync(row.Id) is var failed ? (failed.State, failed.Error) : default);
        Assert.Equal([false, true], _imap.Messages.Select(message => message.IsSeen));
    }

    [Fact]
    public async Task A_mail_that_comes_back_after_the_acknowledgement_sends_nobody_a_text_message()
    {
        var row = await TellAsync();
        await _house.Get<AlertActions>().AcknowledgeAsync(row.AlertId, "lindqvist", "cli", CancellationToken.None);
        _imap.Messages.Add((SomeReport.Delivery("failed", "5.1.1", row.Id, row.ProviderId), false));
        await _worker.RunOnceAsync(CancellationToken.None);
        await _house.SendDueAsync();
        Assert.DoesNotContain(_phone.Requests, request => request.Text.Contains("HIGH", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_mail_that_arrived_and_one_that_was_opened_are_links_of_the_proof()
    {
        var row = await TellAsync();
        _imap.Messages.Add((SomeReport.Delivery("delivered", "2.0.0", row.Id, row.ProviderId), false));
        await _worker.RunOnceAsync(CancellationToken.None);
        Assert.Equal((NotificationState.Delivered, _house.Time.GetUtcNow()), await RowAsync(row.Id) is var arrived ? (arrived.State, arrived.DeliveredAt) : default);

        _house.Time.Advance(TimeSpan.FromMinutes(1));
        _imap.Messages.Add((SomeReport.Receipt("displayed", row.ProviderId!), false));
        await _worker.RunOnceAsync(CancellationToken.None);
        Assert.Equal(_house.Time.GetUtcNow(), (await RowAsync(row.Id)).OpenedAt);
        Assert.Equal("<alerts@maplevalley.example>", $"<{_house.Mails()[0].Headers[HeaderId.DispositionNotificationTo]}>");
    }

    [Fact]
    public async Task A_mailbox_that_can_not_be_read_is_tried_again_and_holds_up_nothing()
    {
        var row = await TellAsync();
        _imap.Messages.Add((SomeReport.Delivery("failed", "5.1.1", row.Id, row.ProviderId), false));
        _imap.Password = "changed";
        await _worker.RunOnceAsync(CancellationToken.None);
        Assert.Equal(NotificationState.Sent, (await RowAsync(row.Id)).State);
        Assert.Equal("mailbox", Assert.Single(_house.Get<OwnTroubles>().Lasting(new WatchOptions(), _house.Time.GetUtcNow().AddHours(1))).Key);

        _imap.Password = "secret";
        _house.Time.Advance(TimeSpan.FromSeconds(31));
        await _worker.RunOnceAsync(CancellationToken.None);
        Assert.Equal(NotificationState.Failed, (await RowAsync(row.Id)).State);
        Assert.False(_house.Get<OwnTroubles>().Has("mailbox"));
    }

    [Fact]
    public void A_mailbox_needs_a_login_that_may_be_that_of_the_mail_server()
    {
        Assert.Equal(["username"], Check(new EmailOptions { Reports = new() { Host = "imap.example" } }));
        Assert.Empty(Check(new EmailOptions { Reports = new() { Host = "imap.example" }, Smtp = new() { Host = "smtp.example", Username = "alerts", Password = new Secret("secret") } }));
        Assert.Equal(["host", "security", "every"], Check(new EmailOptions { Reports = new() { Host = "a b", Security = SmtpSecurity.None, Username = "u", Password = new Secret("p"), Every = TimeSpan.Zero } }));
    }

    public async ValueTask DisposeAsync()
    {
        _worker.Dispose();
        _imap.Dispose();
        await _house.DisposeAsync();
        await _phone.DisposeAsync();
    }

    private static List<string> Check(EmailOptions email)
    {
        var problems = new Problems();
        MailReportsOptions.Validate(email.Reports!, email, "/", problems);
        return [.. problems.All.Select(problem => problem.Path)];
    }

    private async Task<Notification> TellAsync()
    {
        await _house.DetectAsync((Some.Post(), RiskLevel.High));
        await _house.SendDueAsync();
        var row = Assert.Single(await _house.NotificationsAsync());
        Assert.Equal((Channel.Email, NotificationState.Sent), (row.Channel, row.State));
        return row;
    }

    private async Task<Notification> RowAsync(string id) => (await _house.NotificationsAsync()).Single(row => row.Id == id);

    private AlertingOptions Options() => Some.Options() with
    {
        Escalation = new() { Steps = [new() { Channels = [Channel.Email] }], RoundEvery = TimeSpan.FromHours(12) },
        Email = Some.Options().Email with
        {
            Reports = new() { Host = "127.0.0.1", Port = _imap.Port, Security = SmtpSecurity.None, Username = "alerts", Password = new Secret("secret"), ReadReceipts = true },
        },
        Sms = new SmsOptions { Gateway = new GatewayOptions { Url = new Secret(_phone.Url("/send").AbsoluteUri), Body = "{\"to\":\"{to}\",\"text\":\"{text}\"}" } },
    };
}
