using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ThreatWatch.Platform.Hosting;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Alerting.Notifying;

/// <summary>Runs a lane for each channel, and on a stop gives the calls under way a few seconds to end.</summary>
public sealed class NotifyWorker(
    IEnumerable<INotifier> notifiers,
    Database database,
    NotificationStore notifications,
    BriefLoader briefs,
    OutcomeBook outcomes,
    DueSignal signal,
    TimeProvider time,
    ILogger<SendLane> logger) : BackgroundService
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(6);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var sends = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        using var registration = stoppingToken.Register(() => sends.CancelAfter(Grace));
        var token = sends.Token;
        DateTimeOffset? startedAt = database.Dialect.IsForOneProcess ? time.GetUtcNow() : null;
        await Task.WhenAll(notifiers.Select(notifier => RunLaneAsync(notifier, startedAt, token, stoppingToken)));
    }

    private async Task RunLaneAsync(INotifier notifier, DateTimeOffset? startedAt, CancellationToken sendToken, CancellationToken stoppingToken)
    {
        var lane = new SendLane(notifier, database, notifications, briefs, outcomes, signal, time, logger, startedAt);
        await WorkerLoop.RunAsync(token => lane.RunOnceAsync(sendToken, token), TimeSpan.Zero, time, logger, stoppingToken);
        await lane.FinishAsync();
    }
}
