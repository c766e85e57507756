using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using ThreatWatch.Alerting.Drills;
using ThreatWatch.Alerting.Routing;
using ThreatWatch.Alerting.Watch;
using ThreatWatch.Core;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Tests.Alerting;

public sealed class DrillTests
{
    private static readonly TimeZoneInfo Chicago = TimeZoneInfo.FindSystemTimeZoneById("America/Chicago");
    private static readonly DateTimeOffset Start = AlertingHouse.Start;
    private static readonly DrillOptions Weekly = new() { School = "cedar", Weekday = DayOfWeek.Tuesday, At = new(7, 41) };

    [Theory]
    [InlineData("2026-11-24T13:40:59Z", null)]
    [InlineData("2026-11-24T13:41Z", "2026-11-24 13:41")]
    [InlineData("2026-11-24T14:40Z", "2026-11-24 13:41")]
    [InlineData("2026-11-24T14:41Z", null)]
    [InlineData("2026-11-25T13:41Z", null)]
    [InlineData("2026-10-27T12:41Z", "2026-10-27 12:41")]
    [InlineData("2026-12-22T13:41Z", null)]
    public void It_is_due_at_its_hour_on_the_districts_clock_and_not_on_holidays(string now, string? expected)
    {
        var duty = new DutyOptions { Holidays = [new Holiday { On = new(2026, 12, 21), Through = new(2027, 1, 1) }] };
        Assert.Equal(expected, DrillPlan.Due(Weekly, duty, DateTimeOffset.Parse(now, CultureInfo.InvariantCulture), Chicago)?.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData(16, -1, -1, -1, -1, "Broken the post was not judged within 15 min")]
    [InlineData(16, 1, -1, -1, -1, "Broken no alert was opened within 15 min")]
    [InlineData(16, 1, 1, -1, -1, "Broken no message was accepted by a provider within 15 min")]
    [InlineData(16, 1, 1, 2, -1, "Broken nobody acknowledged within 15 min")]
    [InlineData(14, 1, 1, 2, -1, "Running ")]
    [InlineData(17, 1, 1, 2, 16, "Broken nobody acknowledged within 15 min")]
    [InlineData(9, 1, 1, 2, 8, "Whole ")]
    [InlineData(9, 1, 1, -1, 8, "Broken it was acknowledged, yet no message was accepted by a provider")]
    public void The_first_hop_that_is_missing_breaks_it(int now, int judged, int opened, int sent, int acknowledged, string expected)
    {
        DateTimeOffset? At(int minute) => minute < 0 ? null : Start.AddMinutes(minute);
        var (outcome, why) = DrillPlan.Judge(Start, new DrillHops(At(judged), "A", At(opened), At(sent), At(acknowledged), "ortega", 0, null), Weekly.Within, Start.AddMinutes(now));
        Assert.Equal(expected, $"{outcome} {why}");
    }

    [Fact]
    public void A_message_that_failed_breaks_it_although_somebody_acknowledged() =>
        Assert.Equal(
            (DrillOutcome.Broken, "it was acknowledged, yet a message by Sms failed"),
            DrillPlan.Judge(Start, new DrillHops(Start, "A", Start, Start, Start, "ortega", 0, "Sms"), Weekly.Within, Start.AddMinutes(1)));

    [Fact]
    public async Task A_scheduled_drill_goes_in_at_the_front_comes_back_as_an_acknowledgement_and_closes_itself()
    {
        await using var house = new AlertingHouse(Some.Options() with { Drills = [Weekly] });
        var (one, other) = (Worker(house), Worker(house));
        await one.RunOnceAsync(CancellationToken.None);
        Assert.Equal(0, await house.Database.CountAsync("select count(*) from drills", CancellationToken.None));

        house.Time.Advance(TimeSpan.FromMinutes(1));
        await one.RunOnceAsync(CancellationToken.None);
        await other.RunOnceAsync(CancellationToken.None);
        Assert.Equal(1, await house.Database.CountAsync("select count(*) from queue where topic = @topic", CancellationToken.None, ("@topic", Topics.PostIngested)));
        var alert = await DetectAsync(house);
        await house.SendDueAsync();
        house.Time.Advance(TimeSpan.FromSeconds(50));
        await house.Get<AlertActions>().AcknowledgeAsync(alert.Id, "ortega", "link", CancellationToken.None);
        await house.SendDueAsync();
        await one.RunOnceAsync(CancellationToken.None);

        Assert.Equal(Disposition.Drill, (await house.OnlyAlertAsync()).Disposition);
        var drill = Assert.Single(await house.Get<DrillStore>().BetweenAsync(Start, Start.AddDays(1), CancellationToken.None));
        Assert.Equal((DrillOutcome.Whole, "ortega", TimeSpan.FromSeconds(50)), (drill.Outcome, drill.AcknowledgedBy, drill.AcknowledgedAt - drill.StartedAt));
        Assert.All(house.Mails(), mail => Assert.Contains("DRILL", mail.Subject, StringComparison.Ordinal));
        Assert.DoesNotContain(house.Mails(), mail => mail.Subject!.Contains("FAILED", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_drill_that_nobody_takes_is_told_to_the_operators_once_and_closed()
    {
        await using var house = new AlertingHouse(Some.Options() with { Drills = [Weekly], Watch = new WatchOptions { Operators = ["amari"] } });
        var worker = Worker(house);
        house.Time.Advance(TimeSpan.FromMinutes(1));
        await worker.RunOnceAsync(CancellationToken.None);
        await DetectAsync(house);
        await house.SendDueAsync();
        for (var minute = 0; minute < 30; minute++)
        {
            house.Time.Advance(TimeSpan.FromMinutes(1));
            await worker.RunOnceAsync(CancellationToken.None);
        }

        var mail = Assert.Single(house.Mails(), mail => mail.To.ToString().Contains("amari", StringComparison.Ordinal));
        Assert.Equal("ThreatWatch DRILL FAILED - Cedar Ridge High School", mail.Subject);
        Assert.Contains("nobody acknowledged within 15 min", mail.TextBody, StringComparison.Ordinal);
        Assert.Equal(AlertState.Closed, (await house.OnlyAlertAsync()).State);
    }

    [Fact]
    public async Task The_alert_of_a_broken_drill_that_comes_late_is_closed_and_pages_nobody_for_hours()
    {
        await using var house = new AlertingHouse(Some.Options() with { Drills = [Weekly] });
        var worker = Worker(house);
        house.Time.Advance(TimeSpan.FromMinutes(1));
        await worker.RunOnceAsync(CancellationToken.None);
        house.Time.Advance(TimeSpan.FromMinutes(20));
        await worker.RunOnceAsync(CancellationToken.None);
        Assert.Contains("the post was not judged", Assert.Single(house.Mails()).TextBody, StringComparison.Ordinal);

        await DetectAsync(house);
        await worker.RunOnceAsync(CancellationToken.None);
        Assert.Equal(Disposition.Drill, (await house.OnlyAlertAsync()).Disposition);
        Assert.Single(house.Mails());
    }

    [Fact]
    public async Task A_drill_that_a_person_began_is_followed_to_its_end_with_that_persons_patience()
    {
        await using var house = new AlertingHouse();
        var id = await house.Get<DrillStore>().BeginAsync("cedar", null, TimeSpan.FromHours(1), Start, CancellationToken.None);
        var post = Assert.Single(await house.Get<PostStore>().FindAsync([id!], CancellationToken.None));
        Assert.Equal((DrillPost.Source, true, "cedar"), (post.SourceId, post.IsDrill, Assert.Single(post.Schools).SchoolId));
        foreach (var mails in new[] { 0, 1 })
        {
            house.Time.Advance(TimeSpan.FromMinutes(31));
            await Worker(house).RunOnceAsync(CancellationToken.None);
            Assert.Equal(mails, house.Mails().Count);
        }
    }

    private static DrillWorker Worker(AlertingHouse house) => new(
        house.Settings, house.Get<DrillStore>(), house.Get<AlertActions>(), house.Get<OperatorLine>(), house.Time, NullLogger<DrillWorker>.Instance);

    // As the classifier does: a drill is High.
    private static async Task<Alert> DetectAsync(AlertingHouse house)
    {
        var id = Assert.Single(await house.Database.QueryAsync("select id from posts where is_drill", reader => reader.GetString(0), CancellationToken.None));
        var post = Assert.Single(await house.Get<PostStore>().FindAsync([id], CancellationToken.None));
        await using (var work = await house.Database.BeginAsync(CancellationToken.None))
        {
            await AssessmentStore.AddAsync(work, [Some.Assessment(post) with { AssessedAt = house.Time.GetUtcNow() }], CancellationToken.None);
            await work.CommitAsync(CancellationToken.None);
        }

        await house.HandleAsync(Some.Detected(post));
        return await house.OnlyAlertAsync();
    }
}
