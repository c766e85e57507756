using Microsoft.Extensions.Logging.Abstractions;
using ThreatWatch.Alerting.Escalation;
using ThreatWatch.Alerting.Notifying;
using ThreatWatch.Core;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Tests.Alerting.Escalation;

public sealed class EscalationTests
{
    [Fact]
    public async Task Who_is_told_when_nobody_acknowledges()
    {
        await using var house = new AlertingHouse();
        await house.DetectAsync((Some.Post(), RiskLevel.High));
        await MinutesAsync(house, 51, every: 5);
        var rows = await house.NotificationsAsync();
        var told = rows.OrderBy(row => row.SentAt).ThenByDescending(row => row.OfficerId, StringComparer.Ordinal).Select(row => $"{(row.SentAt!.Value - AlertingHouse.Start).TotalMinutes:0} {row.OfficerId}");
        Assert.Equal(
            [
                "0 ortega", "5 ortega", "10 lindqvist", "15 desk", "20 ortega", "20 lindqvist", "20 desk",
                "30 ortega", "35 ortega", "40 lindqvist", "45 desk", "50 ortega", "50 lindqvist", "50 desk",
            ],
            told);
        Assert.Contains("nobody has it yet", house.Mails()[1].Subject, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_acknowledgement_ends_it()
    {
        await using var house = new AlertingHouse();
        await house.DetectAsync((Some.Post(), RiskLevel.High));
        await MinutesAsync(house, 12, every: 5);
        await house.Get<AlertActions>().AcknowledgeAsync((await house.OnlyAlertAsync()).Id, "lindqvist", "link", CancellationToken.None);
        await MinutesAsync(house, 60, every: 10);
        // Twice the officer, once the back-up, and the word to the officer that the back-up has it.
        Assert.Equal(4, house.Mails().Count);
        Assert.StartsWith("TAKEN", house.Mails()[^1].Subject, StringComparison.Ordinal);
    }

    [Fact]
    public async Task After_an_outage_one_message_comes_and_not_one_for_each_step()
    {
        await using var house = new AlertingHouse();
        await house.DetectAsync((Some.Post(), RiskLevel.High));
        for (var minute = 0; minute < 40; minute += 5)
        {
            await Worker(house).RunOnceAsync(CancellationToken.None);
            house.Time.Advance(TimeSpan.FromMinutes(5));
        }

        await house.SendDueAsync();
        Assert.Equal(3, house.Mails().Count);
        Assert.Equal(3, house.Mails().Select(mail => mail.To.ToString()).Distinct().Count());
    }

    [Fact]
    public async Task A_daemon_that_was_down_takes_one_step_and_keeps_the_distances()
    {
        await using var house = new AlertingHouse();
        await house.DetectAsync((Some.Post(), RiskLevel.High));
        await house.SendDueAsync();
        house.Time.Advance(TimeSpan.FromHours(2));
        await MinutesAsync(house, 1);
        Assert.Equal(2, house.Mails().Count);
        await MinutesAsync(house, 5);
        Assert.Equal(3, house.Mails().Count);
    }

    [Fact]
    public async Task A_silence_holds_the_first_message_until_it_ends()
    {
        await using var house = new AlertingHouse();
        await SilenceAsync(house, TimeSpan.FromMinutes(5));
        await house.DetectAsync((Some.Post(), RiskLevel.High));
        await MinutesAsync(house, 5);
        Assert.Empty(house.Mails());
        await MinutesAsync(house, 1);
        Assert.Single(house.Mails());
    }

    [Fact]
    public async Task A_silence_does_not_hold_critical_and_breaks_when_the_level_rises()
    {
        await using var house = new AlertingHouse();
        await SilenceAsync(house, TimeSpan.FromHours(8));
        await house.DetectAsync((Some.Post(family: "f"), RiskLevel.High));
        await house.DetectAsync((Some.Post(family: "f"), RiskLevel.Critical));
        await MinutesAsync(house, 1);
        Assert.StartsWith("CRITICAL", Assert.Single(house.Mails()).Subject, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ending_a_silence_lets_go_what_it_held()
    {
        await using var house = new AlertingHouse();
        var id = await SilenceAsync(house, TimeSpan.FromHours(8));
        await house.DetectAsync((Some.Post(), RiskLevel.High));
        Assert.True(await house.Get<SilenceStore>().EndAsync(id, "desk", CancellationToken.None));
        await MinutesAsync(house, 1);
        Assert.Single(house.Mails());
    }

    [Theory]
    [InlineData("", 60)]
    [InlineData("a known joke", -1)]
    public async Task A_silence_needs_a_reason_and_an_end(string reason, int minutes)
    {
        await using var house = new AlertingHouse();
        var silence = new Silence("s", null, null, null, false, AlertingHouse.Start, AlertingHouse.Start.AddMinutes(minutes), reason, "desk");
        await Assert.ThrowsAsync<ArgumentException>(() => house.Get<SilenceStore>().AddAsync(silence, CancellationToken.None));
    }

    [Theory]
    [InlineData("Email", "Sms,Email", "Sms")]
    [InlineData("Sms", "Sms,Email", "Email")]
    [InlineData("Sms,Email", "Sms,Email,Voice", "Voice")]
    [InlineData("Sms,Email", "Sms,Email", null)]
    public void The_channel_that_takes_over(string used, string reachable, string? expected) =>
        Assert.Equal(expected, FallBack.Next(Channels(used), Channels(reachable))?.ToString());

    [Fact]
    public void Pauses_between_attempts_grow_to_five_minutes_and_heed_the_provider()
    {
        Assert.Equal([5, 10, 20, 300, 300], new[] { 1, 2, 3, 9, 1000 }.Select(attempt => BackOff.Pause(attempt, null).TotalSeconds));
        Assert.Equal(90, BackOff.Pause(1, TimeSpan.FromSeconds(90)).TotalSeconds);
    }

    private static async Task MinutesAsync(AlertingHouse house, int minutes, int every = 1)
    {
        for (var minute = 0; minute < minutes; minute += every)
        {
            await Worker(house).RunOnceAsync(CancellationToken.None);
            await house.SendDueAsync();
            house.Time.Advance(TimeSpan.FromMinutes(every));
        }
    }

    private static async Task<string> SilenceAsync(AlertingHouse house, TimeSpan span)
    {
        var silence = new Silence("silence-1", "cedar", null, null, false, AlertingHouse.Start, AlertingHouse.Start + span, "film shoot", "desk");
        await house.Get<SilenceStore>().AddAsync(silence, CancellationToken.None);
        return silence.Id;
    }

    private static EscalationWorker Worker(AlertingHouse house) => new(
        house.Database, house.Get<NotificationStore>(), house.Get<EscalationPlanner>(), house.Get<DueSignal>(), house.Time, NullLogger<EscalationWorker>.Instance);

    private static List<Channel> Channels(string names) => [.. names.Split(',').Select(Enum.Parse<Channel>)];
}
