using ThreatWatch.Alerting;
using ThreatWatch.Alerting.Notifying.Email;
using ThreatWatch.Core;
using ThreatWatch.Platform.Storage;
using ThreatWatch.Tests.Alerting.Notifying.Email;

namespace ThreatWatch.Tests.Alerting.Notifying;

public sealed class MailServerDownTests
{
    [Fact]
    public async Task A_busy_mail_server_keeps_the_message_due_with_growing_pauses_until_it_is_taken_once()
    {
        var refusals = 3;
        using var server = new ScriptedSmtpServer(line => line.StartsWith("MAIL", StringComparison.Ordinal) && refusals-- > 0 ? "451 4.3.0 later" : null);
        await using var house = new AlertingHouse(Options(server));
        await house.DetectAsync((Some.Post(), RiskLevel.High));
        var pauses = new List<double>();
        while ((await OnlyAsync(house)).State == NotificationState.Pending)
        {
            await house.SendDueAsync();
            var row = await OnlyAsync(house);
            if (row.State != NotificationState.Pending)
                break;
            pauses.Add((row.DueAt - house.Time.GetUtcNow()).TotalSeconds);
            Assert.Equal("the mail server answers 451 4.3.0 to the sender", row.Error);
            house.Time.Advance(row.DueAt - house.Time.GetUtcNow());
        }

        Assert.Equal([5, 10, 20], pauses);
        Assert.Single(server.Accepted);
        var attempts = await house.Get<NotificationStore>().AttemptsAsync((await house.OnlyAlertAsync()).Id, CancellationToken.None);
        Assert.Equal(["retry", "retry", "retry", "sent"], attempts.Select(attempt => attempt.Outcome));
    }

    [Fact]
    public async Task A_refused_address_fails_for_good_and_the_next_step_comes_at_once()
    {
        using var server = new ScriptedSmtpServer(line => line.StartsWith("RCPT TO:<ortega", StringComparison.Ordinal) ? "550 5.1.1 no such user" : null);
        await using var house = new AlertingHouse(Options(server));
        await house.DetectAsync((Some.Post(), RiskLevel.High));
        await house.SendDueAsync();
        Assert.Equal(NotificationState.Failed, (await OnlyAsync(house)).State);
        await using var work = await house.Database.BeginAsync(CancellationToken.None);
        var alert = await AlertStore.LockAsync(work, (await house.OnlyAlertAsync()).Id, CancellationToken.None);
        Assert.Equal((1, AlertingHouse.Start), (alert!.NextStep, alert.NextStepAt!.Value));
    }

    [Fact]
    public async Task A_message_that_waits_for_the_server_is_dropped_once_somebody_has_it()
    {
        using var server = new ScriptedSmtpServer(line => line.StartsWith("MAIL", StringComparison.Ordinal) ? "451 4.3.0 later" : null);
        await using var house = new AlertingHouse(Options(server));
        await house.DetectAsync((Some.Post(), RiskLevel.High));
        await house.SendDueAsync();
        await house.Get<AlertActions>().AcknowledgeAsync((await house.OnlyAlertAsync()).Id, "ortega", "console", CancellationToken.None);
        Assert.Equal(NotificationState.Cancelled, (await OnlyAsync(house)).State);
    }

    private static async Task<Notification> OnlyAsync(AlertingHouse house) => Assert.Single(await house.NotificationsAsync());

    private static AlertingOptions Options(ScriptedSmtpServer server)
    {
        var options = Some.Options();
        return options with { Email = options.Email with { Smtp = new SmtpOptions { Host = "127.0.0.1", Port = server.Port, Security = SmtpSecurity.None } } };
    }
}
