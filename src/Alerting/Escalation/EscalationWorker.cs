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
        var audits = new List<(string Action, string AlertId, string Detail)>();
        var (rows, saved) = (new List<Notification>(), new List<AlertProgress>());
        foreach (var alert in await AlertStore.LockDueAsync(work, now, Most, cancellationToken))
        {
            if (silences.Where(silence => silence.Holds(alert.Alert, now)).MaxBy(silence => silence.UntilAt) is { } silence)
            {
                saved.Add(alert with { NextStepAt = silence.UntilAt });
                audits.Add(("alert.silenced", alert.Alert.Id, $"until {silence.UntilAt:u} by silence {silence.Id}"));
                continue;
            }

            var plan = planner.Step(alert, now, Waiting(await NotificationStore.OfAlertAsync(work, alert.Alert.Id, cancellationToken)));
            rows.AddRange(plan.Notifications);
            saved.Add(plan.Advance(alert));
            LogStep(alert.Alert.Id, alert.NextStep, alert.NextRound, plan.Notifications.Count);
            audits.Add(("alert.escalated", alert.Alert.Id, $"round {alert.NextRound}, step {alert.NextStep}: {plan.Why}"));
        }

        await NotificationStore.AddAsync(work, rows, cancellationToken);
        await AlertStore.SaveAsync(work, saved, cancellationToken);
        await AuditLog.AddAsync(work, now, "threatwatch", audits, cancellationToken);
        work.AfterCommit(() =>
        {
            signal.Wake(rows.Select(row => row.Channel));
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
