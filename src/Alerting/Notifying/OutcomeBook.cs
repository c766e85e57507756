using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.Retry;
using ThreatWatch.Core;
using ThreatWatch.Platform.Hosting;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Alerting.Notifying;

/// <summary>
/// Records how calls to providers ended. Outcomes that come while another commit runs share the next one, so that a thousand messages
/// do not wait for a thousand disk flushes.
/// </summary>
public sealed partial class OutcomeBook : IDisposable
{
    private readonly Database _database;
    private readonly FallBack _fallBack;
    private readonly DueSignal _signal;
    private readonly TimeProvider _time;
    private readonly ILogger<OutcomeBook> _logger;
    private readonly ConcurrentQueue<Entry> _waiting = new();
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly ResiliencePipeline _pipeline;

    public OutcomeBook(Database database, FallBack fallBack, DueSignal signal, TimeProvider time, ILogger<OutcomeBook> logger)
    {
        (_database, _fallBack, _signal, _time, _logger) = (database, fallBack, signal, time, logger);
        // An outcome that is lost means a message sent twice, so the database gets some time to come back.
        _pipeline = new ResiliencePipelineBuilder { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions { MaxRetryAttempts = 5, Delay = TimeSpan.FromMilliseconds(200), BackoffType = DelayBackoffType.Exponential })
            .Build();
    }

    private sealed record Entry(Notification Row, SendOutcome Outcome, DateTimeOffset At, TaskCompletionSource Done);

    /// <summary>Returns once the outcome is durable.</summary>
    public async Task RecordAsync(Notification row, SendOutcome outcome, CancellationToken cancellationToken)
    {
        var entry = new Entry(row, outcome, _time.GetUtcNow(), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        _waiting.Enqueue(entry);
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (!entry.Done.Task.IsCompleted)
                await WriteWaitingAsync(cancellationToken);
        }
        finally
        {
            _turn.Release();
        }

        await entry.Done.Task;
    }

    public void Dispose() => _turn.Dispose();

    private async Task WriteWaitingAsync(CancellationToken cancellationToken)
    {
        var batch = new List<Entry>();
        while (_waiting.TryDequeue(out var entry))
            batch.Add(entry);
        try
        {
            await _pipeline.ExecuteAsync(async token => await WriteAsync(batch, token), cancellationToken);
            batch.ForEach(entry => entry.Done.SetResult());
            CrashPoint.Reach("notify.recorded");
        }
        catch (Exception exception)
        {
            batch.ForEach(entry => entry.Done.SetException(exception));
        }
    }

    private async Task WriteAsync(List<Entry> batch, CancellationToken cancellationToken)
    {
        await using var work = await _database.BeginAsync(cancellationToken);
        var woken = false;
        // In the order in which an acknowledgement and a receipt take their locks: first the alerts, then their rows.
        foreach (var alertId in batch.Where(entry => entry.Outcome is not SendOutcome.Sent).Select(entry => entry.Row.AlertId).Distinct().Order(StringComparer.Ordinal))
            await AlertStore.LockAsync(work, alertId, cancellationToken);
        var recorded = await NotificationStore.RecordAsync(work, batch.ConvertAll(End), cancellationToken);
        foreach (var ((row, outcome, at, _), isOurs) in batch.Zip(recorded))
        {
            if (!isOurs)
                LogTakenOver(row.Id);
            else if (outcome is not SendOutcome.Sent)
                woken |= await _fallBack.AddAsync(work, row, outcome, at, cancellationToken);
        }

        if (woken)
        {
            work.AfterCommit(() =>
            {
                _signal.WakeAll();
                return Task.CompletedTask;
            });
        }

        await work.CommitAsync(cancellationToken);
    }

    private static AttemptEnd End(Entry entry)
    {
        var (state, due, name, provider, detail) = BackOff.After(entry.Row, entry.Outcome, entry.At);
        return new AttemptEnd(entry.Row.Id, entry.Row.Attempt, state, entry.At, due, name, provider, detail);
    }

    [LoggerMessage(LogLevel.Warning, "The outcome of notification {NotificationId} came too late: it had been taken over")]
    private partial void LogTakenOver(string notificationId);
}
