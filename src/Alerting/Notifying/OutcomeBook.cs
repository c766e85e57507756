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
public sealed partial class OutcomeBook
{
    private readonly Database _database;
    private readonly FallBack _fallBack;
    private readonly DueSignal _signal;
    private readonly TimeProvider _time;
    private readonly ILogger<OutcomeBook> _logger;
    private readonly ResiliencePipeline _pipeline;
    private readonly Gathering<Entry, bool> _entries;

    public OutcomeBook(Database database, FallBack fallBack, DueSignal signal, TimeProvider time, ILogger<OutcomeBook> logger)
    {
        (_database, _fallBack, _signal, _time, _logger) = (database, fallBack, signal, time, logger);
        // An outcome that is lost means a message sent twice, so the database gets some time to come back.
        _pipeline = new ResiliencePipelineBuilder { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions { MaxRetryAttempts = 5, Delay = TimeSpan.FromMilliseconds(200), BackoffType = DelayBackoffType.Exponential })
            .Build();
        _entries = new(RecordAsync);
    }

    private sealed record Entry(Notification Row, SendOutcome Outcome, DateTimeOffset At);

    /// <summary>Returns once the outcome is durable.</summary>
    public Task RecordAsync(Notification row, SendOutcome outcome) => _entries.AskAsync(new Entry(row, outcome, _time.GetUtcNow()));

    /// <summary>For each, whether the row was still ours.</summary>
    private async Task<IReadOnlyList<bool>> RecordAsync(IReadOnlyList<Entry> batch)
    {
        var recorded = await _pipeline.ExecuteAsync(async token => await WriteAsync(batch, token), CancellationToken.None);
        CrashPoint.Reach("notify.recorded");
        return recorded;
    }

    private async Task<IReadOnlyList<bool>> WriteAsync(IReadOnlyList<Entry> batch, CancellationToken cancellationToken)
    {
        await using var work = await _database.BeginAsync(cancellationToken);
        var woken = false;
        // In the order in which an acknowledgement and a receipt take their locks: first the alerts, then their rows.
        foreach (var alertId in batch.Where(entry => entry.Outcome is not SendOutcome.Sent).Select(entry => entry.Row.AlertId).Distinct().Order(StringComparer.Ordinal))
            await AlertStore.LockAsync(work, alertId, cancellationToken);
        var recorded = await NotificationStore.RecordAsync(work, [.. batch.Select(End)], cancellationToken);
        foreach (var ((row, outcome, at), isOurs) in batch.Zip(recorded))
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
        return recorded;
    }

    private static AttemptEnd End(Entry entry)
    {
        var (state, due, name, provider, detail) = BackOff.After(entry.Row, entry.Outcome, entry.At);
        return new AttemptEnd(entry.Row.Id, entry.Row.Attempt, state, entry.At, due, name, provider, detail);
    }

    [LoggerMessage(LogLevel.Warning, "The outcome of notification {NotificationId} came too late: it had been taken over")]
    private partial void LogTakenOver(string notificationId);
}
