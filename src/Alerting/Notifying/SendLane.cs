using Microsoft.Extensions.Logging;
using Polly;
using Polly.Retry;
using Polly.Timeout;
using ThreatWatch.Core;
using ThreatWatch.Platform.Hosting;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Alerting.Notifying;

/// <summary>Sends what is due by one channel. Each channel has a lane of its own, so that a provider that hangs holds up no other.</summary>
public sealed partial class SendLane
{
    // A row in Sending for longer than any call may take has no living sender.
    public static readonly TimeSpan StuckAfter = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan CallLimit = TimeSpan.FromSeconds(40);
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(500);

    private readonly INotifier _notifier;
    private readonly Database _database;
    private readonly NotificationStore _notifications;
    private readonly BriefLoader _briefs;
    private readonly OutcomeBook _outcomes;
    private readonly DueSignal _signal;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ResiliencePipeline<SendOutcome> _pipeline;
    private readonly DateTimeOffset? _startedAt;
    private readonly List<Task> _underWay = [];

    // True where something is due for all we know, so that it is taken without a look first.
    private bool _expects;

    /// <param name="startedAt">Where nobody else sends: what was under way before that instant has no living sender and comes again at once.</param>
    public SendLane(
        INotifier notifier, Database database, NotificationStore notifications, BriefLoader briefs, OutcomeBook outcomes, DueSignal signal,
        TimeProvider time, ILogger<SendLane> logger, DateTimeOffset? startedAt = null)
    {
        _startedAt = startedAt;
        (_notifier, _database, _notifications, _briefs, _outcomes, _signal, _time, _logger) =
            (notifier, database, notifications, briefs, outcomes, signal, time, logger);
        // Within a call only hiccups are bridged; what lasts longer becomes a due row, which survives a restart.
        _pipeline = new ResiliencePipelineBuilder<SendOutcome> { TimeProvider = time }
            .AddTimeout(CallLimit)
            .AddRetry(new RetryStrategyOptions<SendOutcome>
            {
                MaxRetryAttempts = 1,
                Delay = TimeSpan.FromMilliseconds(300),
                UseJitter = true,
                ShouldHandle = new PredicateBuilder<SendOutcome>().HandleResult(outcome => outcome is SendOutcome.RetryLater { After: null }),
            })
            .Build();
    }

    /// <summary>Starts sending what is due, up to the channel's concurrency, or waits a moment where nothing is.</summary>
    /// <param name="sendToken">Ends calls under way; later than <paramref name="cancellationToken"/>, so that a stop finishes what it holds.</param>
    public async Task RunOnceAsync(CancellationToken sendToken, CancellationToken cancellationToken)
    {
        _underWay.RemoveAll(task => task.IsCompleted);
        var free = _notifier.Concurrency - _underWay.Count;
        if (free <= 0)
        {
            await Task.WhenAny(_underWay).WaitAsync(cancellationToken);
            return;
        }

        if (free < _notifier.Concurrency / 2)
        {
            // In a burst calls end one by one; a claim for each would cost more than the call. A moment later many slots are free.
            await Task.WhenAny(Task.WhenAll(_underWay), Task.Delay(Gather, _time, cancellationToken));
            _underWay.RemoveAll(task => task.IsCompleted);
            free = Math.Max(1, _notifier.Concurrency - _underWay.Count);
        }

        var rows = await ClaimAsync(free, cancellationToken);
        _expects = rows.Count == free;
        if (rows.Count == 0)
        {
            _expects = await _signal.WaitAsync(_notifier.Channel, Look, cancellationToken);
            return;
        }

        CrashPoint.Reach("notify.sending");
        var messages = await _briefs.LoadAsync(rows, sendToken);
        foreach (var row in rows)
            _underWay.Add(SendAsync(row, messages.GetValueOrDefault(row.Id), sendToken));
    }

    /// <summary>Waits for the calls under way.</summary>
    public Task FinishAsync() => Task.WhenAll(_underWay);

    private async Task<IReadOnlyList<Notification>> ClaimAsync(int most, CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow();
        var stuckBefore = _startedAt > now - StuckAfter ? _startedAt.Value : now - StuckAfter;
        if (!_expects && !await _notifications.AnyDueAsync(_notifier.Channel, now, stuckBefore, cancellationToken))
            return [];
        await using var work = await _database.BeginAsync(cancellationToken);
        var rows = await NotificationStore.ClaimAsync(work, _notifier.Channel, now, stuckBefore, most, cancellationToken);
        await work.CommitAsync(cancellationToken);
        return rows;
    }

    private async Task SendAsync(Notification row, OutgoingMessage? message, CancellationToken sendToken)
    {
        try
        {
            var outcome = message is null ? new SendOutcome.Rejected("the person or the alert is no longer there") : await CallAsync(message, sendToken);
            if (outcome is SendOutcome.Sent)
                CrashPoint.Reach("notify.accepted");
            await _outcomes.RecordAsync(row, outcome);
            LogOutcome(outcome, row);
        }
        catch (OperationCanceledException) when (sendToken.IsCancellationRequested)
        {
            // We can't know whether it was accepted: the row stays in Sending and comes again under the same id.
        }
        catch (Exception exception)
        {
            LogUnrecorded(exception, row.Id);
        }
    }

    private async Task<SendOutcome> CallAsync(OutgoingMessage message, CancellationToken sendToken)
    {
        try
        {
            return await _pipeline.ExecuteAsync(async token => await _notifier.SendAsync(message, token), sendToken);
        }
        catch (TimeoutRejectedException)
        {
            return new SendOutcome.RetryLater(null, $"no answer within {CallLimit.TotalSeconds:0} s");
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            LogBroken(exception, message.Notification.Id, message.Notification.Channel);
            return new SendOutcome.RetryLater(null, exception.GetType().Name);
        }
    }

    private void LogOutcome(SendOutcome outcome, Notification row)
    {
        switch (outcome)
        {
            case SendOutcome.Sent sent:
                LogSent(row.AlertId, row.OfficerId, row.Channel, row.Reason, sent.Detail ?? "accepted");
                break;
            case SendOutcome.RetryLater later:
                LogLater(row.AlertId, row.OfficerId, row.Channel, row.Attempt, later.Why);
                break;
            case SendOutcome.Rejected rejected:
                LogRejected(row.AlertId, row.OfficerId, row.Channel, rejected.Why);
                break;
        }
    }

    [LoggerMessage(LogLevel.Information, "Alert {AlertId}: {OfficerId} told by {Channel} ({Reason}): {Detail}")]
    private partial void LogSent(string alertId, string officerId, Channel channel, NotificationReason reason, string detail);

    [LoggerMessage(LogLevel.Warning, "Alert {AlertId}: {OfficerId} not told by {Channel} at attempt {Attempt}: {Why}; it stays due")]
    private partial void LogLater(string alertId, string officerId, Channel channel, int attempt, string why);

    [LoggerMessage(LogLevel.Error, "Alert {AlertId}: {OfficerId} can't be told by {Channel}: {Why}")]
    private partial void LogRejected(string alertId, string officerId, Channel channel, string why);

    [LoggerMessage(LogLevel.Error, "Notification {NotificationId}: the {Channel} channel broke")]
    private partial void LogBroken(Exception exception, string notificationId, Channel channel);

    [LoggerMessage(LogLevel.Error, "Notification {NotificationId} may have been sent, but that could not be recorded; it may come twice")]
    private partial void LogUnrecorded(Exception exception, string notificationId);
}
