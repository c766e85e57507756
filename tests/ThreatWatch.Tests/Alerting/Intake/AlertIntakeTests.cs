using ThreatWatch.Core;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Tests.Alerting.Intake;

public sealed class AlertIntakeTests
{
    [Fact]
    public async Task A_risky_post_opens_an_alert_and_queues_a_message_for_the_schools_officer()
    {
        await using var house = new AlertingHouse();
        await house.DetectAsync((Some.Post(), RiskLevel.High));
        var alert = await house.OnlyAlertAsync();
        Assert.Equal(("cedar", RiskLevel.High, AlertState.Open, 1, 1, 1), (alert.SchoolId, alert.Level, alert.State, alert.PostCount, alert.AuthorCount, alert.SourceCount));
        var row = Assert.Single(await house.NotificationsAsync());
        Assert.Equal(("ortega", Channel.Email, NotificationReason.First, AlertingHouse.Start), (row.OfficerId, row.Channel, row.Reason, row.DueAt));
        var audit = Assert.Single(await house.Get<AuditLog>().AboutAsync(alert.Id, CancellationToken.None));
        Assert.Equal("alert.opened", audit.Action);
    }

    [Fact]
    public async Task A_thousand_reposts_in_a_minute_are_one_alert_and_at_most_three_messages_in_the_hour()
    {
        await using var house = new AlertingHouse(Some.Options() with { Escalation = new() { Once = true } });
        for (var batch = 0; batch < 10; batch++)
        {
            await house.DetectAsync([.. Enumerable.Range(0, 100).Select(n => (Some.Post(family: "viral", source: $"feed-{n % 4}"), RiskLevel.High))]);
            house.Time.Advance(TimeSpan.FromSeconds(6));
            await house.SendDueAsync();
        }

        for (var minute = 0; minute < 60; minute += 5)
        {
            house.Time.Advance(TimeSpan.FromMinutes(5));
            await house.SendDueAsync();
        }

        var alert = await house.OnlyAlertAsync();
        Assert.Equal((1000, 1000, 4), (alert.PostCount, alert.AuthorCount, alert.SourceCount));
        Assert.InRange(house.Mails().Count, 2, 3);
        Assert.Contains("1,000 posts", house.Mails()[^1].Subject, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_message_again_changes_nothing()
    {
        await using var house = new AlertingHouse();
        var post = Some.Post();
        await house.DetectAsync((post, RiskLevel.High));
        await house.HandleAsync(Some.Detected(post), Some.Detected(post));
        Assert.Equal(1, (await house.OnlyAlertAsync()).PostCount);
        Assert.Single(await house.NotificationsAsync());
    }

    [Fact]
    public async Task A_message_that_comes_again_after_the_alert_was_closed_opens_none()
    {
        await using var house = new AlertingHouse();
        var post = Some.Post();
        await house.DetectAsync((post, RiskLevel.High));
        await house.Get<AlertActions>().CloseAsync((await house.OnlyAlertAsync()).Id, "ortega", "cli", Disposition.Transient, null, CancellationToken.None);
        await house.HandleAsync(Some.Detected(post));
        await house.OnlyAlertAsync();
    }

    [Fact]
    public async Task A_new_post_after_the_alert_was_closed_opens_another()
    {
        await using var house = new AlertingHouse();
        await house.DetectAsync((Some.Post(family: "f"), RiskLevel.High));
        await house.Get<AlertActions>().CloseAsync((await house.OnlyAlertAsync()).Id, "ortega", "cli", Disposition.Transient, null, CancellationToken.None);
        await house.DetectAsync((Some.Post(family: "f"), RiskLevel.High));
        Assert.Equal(2, (await house.AlertsAsync()).Count);
    }

    [Fact]
    public async Task An_edit_joins_the_alert_of_the_post_it_edits()
    {
        await using var house = new AlertingHouse();
        var post = Some.Post();
        await house.DetectAsync((post, RiskLevel.High));
        var edited = post with { Id = post.Id + "b", Revision = 2, Text = "quite other words, and a gun", Family = "another" };
        await house.DetectAsync((edited, RiskLevel.Critical));
        var alert = await house.OnlyAlertAsync();
        Assert.Equal((2, RiskLevel.Critical), (alert.PostCount, alert.Level));
        Assert.Contains(await house.NotificationsAsync(), row => row.Reason == NotificationReason.NewEvidence);
    }

    [Fact]
    public async Task A_post_about_two_schools_tells_both()
    {
        await using var house = new AlertingHouse();
        var post = Some.Post() with { Schools = [new("cedar", "a"), new("harlan", "b")] };
        await house.DetectAsync((post, RiskLevel.High));
        Assert.Equal(["cedar", "harlan"], (await house.AlertsAsync()).Select(alert => alert.SchoolId).Order());
        Assert.Equal(["lindqvist", "ortega"], (await house.NotificationsAsync()).Select(row => row.OfficerId).Order());
    }

    [Fact]
    public async Task A_post_that_its_author_took_back_alerts_nobody()
    {
        await using var house = new AlertingHouse();
        var post = Some.Post();
        await house.StoreAsync((post, RiskLevel.High));
        await using (var work = await house.Database.BeginAsync(CancellationToken.None))
        {
            await PostStore.RetractAsync(work, post.SourceId, post.ExternalId, AlertingHouse.Start, CancellationToken.None);
            await work.CommitAsync(CancellationToken.None);
        }

        await house.HandleAsync(Some.Detected(post));
        Assert.Empty(await house.AlertsAsync());
    }

    [Fact]
    public async Task A_drill_stays_apart_and_is_marked()
    {
        await using var house = new AlertingHouse();
        await house.DetectAsync((Some.Post(family: "f"), RiskLevel.High), (Some.Post(family: "f") with { IsDrill = true }, RiskLevel.High));
        Assert.Equal([false, true], (await house.AlertsAsync()).Select(alert => alert.IsDrill).Order());
    }
}
