using MimeKit;
using ThreatWatch.Core;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Tests.Alerting.Notifying;

public sealed class SendingTests
{
    [Fact]
    public async Task An_alert_becomes_one_mail_with_both_parts_and_everything_an_officer_needs()
    {
        await using var house = new AlertingHouse();
        await house.DetectAsync((Some.Post("bringing a gun to cedar ridge <b>tomorrow</b>"), RiskLevel.High));
        await house.SendDueAsync();
        await house.SendDueAsync();
        var mail = Assert.Single(house.Mails());
        var alert = await house.OnlyAlertAsync();
        Assert.Equal($"HIGH threat - Cedar Ridge High School: names intent, means [{alert.Id}]", mail.Subject);
        Assert.Equal("ortega@maplevalley.example", Assert.Single(mail.To.Mailboxes).Address);
        Assert.Equal("auto-generated", mail.Headers["Auto-Submitted"]);
        foreach (var body in new[] { mail.TextBody, mail.HtmlBody })
        {
            foreach (var part in new[] { "https://town.example/posts/", "0.93, the threshold for High is 0.80", "intent; means", "0123456789ab", "/a/" + alert.Id, "screenshot", "@writer" })
                Assert.Contains(part, body, StringComparison.Ordinal);
        }

        Assert.Contains("<b>tomorrow</b>", mail.TextBody, StringComparison.Ordinal);
        Assert.DoesNotContain("<b>tomorrow</b>", mail.HtmlBody, StringComparison.Ordinal);
        Assert.Contains(">gun</mark>", mail.HtmlBody, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_row_tells_when_it_was_queued_sent_and_under_which_id()
    {
        await using var house = new AlertingHouse();
        await house.DetectAsync((Some.Post(), RiskLevel.High));
        house.Time.Advance(TimeSpan.FromSeconds(2));
        await house.SendDueAsync();
        var row = Assert.Single(await house.NotificationsAsync());
        Assert.Equal((NotificationState.Sent, AlertingHouse.Start, AlertingHouse.Start.AddSeconds(2), 1), (row.State, row.QueuedAt, row.SentAt!.Value, row.Attempt));
        Assert.Equal($"<{house.Mails()[0].MessageId}>", row.ProviderId);
        var attempt = Assert.Single(await house.Get<NotificationStore>().AttemptsAsync(row.AlertId, CancellationToken.None));
        Assert.Equal("sent", attempt.Outcome);
    }

    [Fact]
    public async Task What_a_dead_process_left_in_sending_comes_again_with_the_same_message_id()
    {
        await using var house = new AlertingHouse();
        await house.DetectAsync((Some.Post(), RiskLevel.High));
        await ClaimAsync(house);
        await house.SendDueAsync();
        Assert.Empty(house.Mails());
        house.Time.Advance(TimeSpan.FromSeconds(61));
        await house.SendDueAsync();
        var row = Assert.Single(await house.NotificationsAsync());
        Assert.Equal((NotificationState.Sent, 2), (row.State, row.Attempt));
        Assert.Equal($"{row.Id}@maplevalley.example", Assert.Single(house.Mails()).MessageId);
    }

    [Fact]
    public async Task An_outcome_that_comes_after_the_row_was_taken_over_is_not_recorded()
    {
        await using var house = new AlertingHouse();
        await house.DetectAsync((Some.Post(), RiskLevel.High));
        var first = await ClaimAsync(house);
        house.Time.Advance(TimeSpan.FromSeconds(61));
        await ClaimAsync(house);
        await using var work = await house.Database.BeginAsync(CancellationToken.None);
        var late = new AttemptEnd(first[0].Id, first[0].Attempt, NotificationState.Pending, AlertingHouse.Start, AlertingHouse.Start, "retry", null, "x");
        Assert.Equal([false], await NotificationStore.RecordAsync(work, [late], CancellationToken.None));
    }

    [Fact]
    public async Task Nothing_leaves_after_an_acknowledgement()
    {
        await using var house = new AlertingHouse();
        await house.DetectAsync((Some.Post(), RiskLevel.High));
        await AcknowledgeAsync(house, "ortega");
        await house.SendDueAsync();
        Assert.Empty(house.Mails());
        Assert.Equal(NotificationState.Cancelled, Assert.Single(await house.NotificationsAsync()).State);
    }

    [Fact]
    public async Task A_message_cut_short_by_a_crash_is_not_sent_again_once_somebody_has_it()
    {
        await using var house = new AlertingHouse();
        await house.DetectAsync((Some.Post(), RiskLevel.High));
        await ClaimAsync(house);
        await AcknowledgeAsync(house, "ortega");
        house.Time.Advance(TimeSpan.FromMinutes(5));
        await house.SendDueAsync();
        Assert.Empty(house.Mails());
    }

    [Fact]
    public async Task Those_who_were_told_hear_who_has_it_in_the_same_conversation()
    {
        await using var house = new AlertingHouse();
        await house.DetectAsync((Some.Post(school: "juniper"), RiskLevel.High));
        await house.SendDueAsync();
        house.Time.Advance(TimeSpan.FromMinutes(1));
        await AcknowledgeAsync(house, "lindqvist");
        await house.SendDueAsync();
        var mails = house.Mails();
        Assert.Equal(3, mails.Count);
        var last = mails[^1];
        Assert.StartsWith("TAKEN - Juniper Street Elementary: Officer M. Lindqvist has it", last.Subject, StringComparison.Ordinal);
        Assert.Equal("ortega@maplevalley.example", Assert.Single(last.To.Mailboxes).Address);
        var first = mails.Single(mail => mail != last && mail.To.Mailboxes.Single().Address.StartsWith("ortega", StringComparison.Ordinal));
        Assert.Equal(first.MessageId, last.InReplyTo);
        Assert.Equal(first.References[0], last.References[0]);
        Assert.DoesNotContain("/a/", last.TextBody, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Those_who_were_told_hear_of_an_alert_that_was_closed_at_once_and_of_a_drill_nothing()
    {
        await using var house = new AlertingHouse();
        await house.DetectAsync((Some.Post(), RiskLevel.High), (Some.Post("a drill", "harlan") with { IsDrill = true }, RiskLevel.High));
        await house.SendDueAsync();
        house.Time.Advance(TimeSpan.FromMinutes(1));
        foreach (var alert in await house.AlertsAsync())
            await house.Get<AlertActions>().CloseAsync(alert.Id, "desk", "console", Disposition.NotAThreat, "a lyric", CancellationToken.None);
        await house.SendDueAsync();

        Assert.Equal(3, house.Mails().Count);
        var last = house.Mails()[^1];
        Assert.StartsWith("CLOSED - Cedar Ridge High School: District safety desk took it", last.Subject, StringComparison.Ordinal);
        Assert.Contains("and it is closed. You need not act.", last.TextBody, StringComparison.Ordinal);
        // Who may be its second reader must not learn what the first one made of it.
        Assert.DoesNotContain("NotAThreat", last.TextBody + last.Subject, StringComparison.Ordinal);
    }

    [Fact]
    public async Task That_somebody_has_it_is_told_although_it_was_closed_before_the_message_left()
    {
        await using var house = new AlertingHouse();
        await house.DetectAsync((Some.Post(), RiskLevel.High));
        await house.SendDueAsync();
        house.Time.Advance(TimeSpan.FromMinutes(1));
        await AcknowledgeAsync(house, "lindqvist");
        await house.Get<AlertActions>().CloseAsync((await house.OnlyAlertAsync()).Id, "lindqvist", "cli", Disposition.Transient, null, CancellationToken.None);
        house.Time.Advance(TimeSpan.FromMinutes(1));
        await house.Get<NotificationStore>().CancelUnwantedAsync(house.Time.GetUtcNow(), CancellationToken.None);
        await house.SendDueAsync();

        Assert.Equal(2, house.Mails().Count);
        Assert.StartsWith("CLOSED - Cedar Ridge High School: Officer M. Lindqvist took it", house.Mails()[^1].Subject, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_first_to_acknowledge_wins()
    {
        await using var house = new AlertingHouse();
        await house.DetectAsync((Some.Post(school: "juniper"), RiskLevel.High));
        Assert.True((await AcknowledgeAsync(house, "ortega")).Won);
        var second = await AcknowledgeAsync(house, "lindqvist");
        Assert.False(second.Won);
        Assert.Equal("ortega", second.Alert!.AcknowledgedBy);
        Assert.Null((await house.Get<AlertActions>().AcknowledgeAsync("NONE-SUCH", "ortega", "cli", CancellationToken.None)).Alert);
    }

    [Fact]
    public async Task The_text_of_a_post_that_was_taken_back_is_not_sent()
    {
        await using var house = new AlertingHouse();
        var post = Some.Post("words that were taken back with a gun");
        await house.DetectAsync((post, RiskLevel.High));
        await using (var work = await house.Database.BeginAsync(CancellationToken.None))
        {
            await PostStore.RetractAsync(work, post.SourceId, post.ExternalId, AlertingHouse.Start, CancellationToken.None);
            await work.CommitAsync(CancellationToken.None);
        }

        await house.SendDueAsync();
        var mail = Assert.Single(house.Mails());
        Assert.DoesNotContain("taken back with", mail.TextBody + mail.HtmlBody, StringComparison.Ordinal);
        Assert.Contains("took the post back", mail.TextBody, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_drill_is_marked_in_subject_and_both_parts()
    {
        await using var house = new AlertingHouse();
        await house.DetectAsync((Some.Post() with { IsDrill = true }, RiskLevel.High));
        await house.SendDueAsync();
        var mail = Assert.Single(house.Mails());
        Assert.StartsWith("DRILL - HIGH threat", mail.Subject, StringComparison.Ordinal);
        Assert.All(new[] { mail.TextBody, mail.HtmlBody }, body => Assert.Contains("DRILL", body, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_files_are_whole_readable_by_the_owner_alone_and_end_their_lines_as_the_standard_says()
    {
        await using var house = new AlertingHouse();
        await house.DetectAsync((Some.Post("größte Sorge \U0001F52B gun"), RiskLevel.High));
        await house.SendDueAsync();
        var file = Assert.Single(Directory.GetFiles(house.Outbox));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        var bytes = await File.ReadAllBytesAsync(file);
        Assert.All(bytes, b => Assert.InRange(b, 1, 127));
        var lines = System.Text.Encoding.ASCII.GetString(bytes).Split("\r\n");
        Assert.All(lines, line => Assert.DoesNotContain('\n', line));
        Assert.All(lines, line => Assert.InRange(line.Length, 0, 998));
        Assert.Contains("größte Sorge \U0001F52B gun", (await MimeMessage.LoadAsync(file)).TextBody, StringComparison.Ordinal);
    }

    private static async Task<ActionOutcome> AcknowledgeAsync(AlertingHouse house, string by) =>
        await house.Get<AlertActions>().AcknowledgeAsync((await house.OnlyAlertAsync()).Id, by, "cli", CancellationToken.None);

    private static async Task<IReadOnlyList<Notification>> ClaimAsync(AlertingHouse house)
    {
        var now = house.Time.GetUtcNow();
        await using var work = await house.Database.BeginAsync(CancellationToken.None);
        var rows = await NotificationStore.ClaimAsync(work, Channel.Email, now, now.AddSeconds(-60), 10, CancellationToken.None);
        await work.CommitAsync(CancellationToken.None);
        Assert.Single(rows);
        return rows;
    }
}
