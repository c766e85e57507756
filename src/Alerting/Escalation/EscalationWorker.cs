using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ThreatWatch.Alerting.Notifying;
using ThreatWatch.Core;
using ThreatWatch.Platform.Hosting;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Alerting.Escalation;

/// <summary>Takes the next step for alerts that nobody has acknowledged when it falls due.</summary>
public sealed partial class EscalationWorker(
    Database database, NotificationStore notifications, EscalationPlanner planner, DueSignal signal, TimeProvider time, ILogger<EscalationWorker> logger)
    : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);
    private const int Most = 100;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        WorkerLoop.RunAsync(RunOnceAsync, Every, time, logger, stoppingToken);

    /// <summary>Takes every step that is due now.</summary>
    public async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (await database.CountAsync("select count(*) from alerts where state = 'Open' and next_step_at <= @now", cancellationToken, ("@now", now)) > 0)
            await StepAsync(now, cancellationToken);
        await notifications.CancelUnwantedAsync(now - SendLane.StuckAfter, cancellationToken);
    }

    private async Task StepAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var work = await database.BeginAsync(cancellationToken);
        var silences = await SilenceStore.InForceAsync(work, now, cancellationToken);
        var audits = new List<(string AlertId, string Action, string Detail)>();
        foreach (var alert in await AlertStore.LockDueAsync(work, now, Most, cancellationToken))
        {
            if (silences.Where(silence => silence.Holds(alert.Alert, now)).MaxBy(silence => silence.UntilAt) is { } silence)
            {
                await AlertStore.SaveAsync(work, alert with { NextStepAt = silence.UntilAt }, cancellationToken);
                audits.Add((alert.Alert.Id, "alert.silenced", $"until {silence.UntilAt:u} by silence {silence.Id}"));
                continue;
            }

            var plan = planner.Step(alert, now, Waiting(await NotificationStore.OfAlertAsync(work, alert.Alert.Id, cancellationToken)));
            await NotificationStore.AddAsync(work, plan.Notifications, cancellationToken);
            await AlertStore.SaveAsync(work, plan.Advance(alert), cancellationToken);
            LogStep(alert.Alert.Id, alert.NextStep, alert.NextRound, plan.Notifications.Count);
            audits.Add((alert.Alert.Id, "alert.escalated", $"round {alert.NextRound}, step {alert.NextStep}: {plan.Why}"));
        }

        foreach (var (alertId, action, detail) in audits)
            await AuditLog.AddAsync(work, now, "threatwatch", action, alertId, detail, cancellationToken);
        work.AfterCommit(() =>
        {
            signal.WakeAll();
            return Task.CompletedTask;
        });
        await work.CommitAsync(cancellationToken);
    }

    // What a provider has not taken yet is not queued a second time: after an outage one message comes, not one for each step.
    private static HashSet<(string OfficerId, Channel Channel)> Waiting(IEnumerable<Notification> rows) =>
        [.. rows.Where(row => row.State is NotificationState.Pending or NotificationState.Sending).Select(row => (row.OfficerId, row.Channel))];

    [LoggerMessage(LogLevel.Warning, "Alert {AlertId}: nobody has it; step {Step} of round {Round} queues {Count} message(s)")]
    private partial void LogStep(string alertId, int step, int round, int count);
}
