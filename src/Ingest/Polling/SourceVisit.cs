using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using ThreatWatch.Ingest.Fetching;
using ThreatWatch.Ingest.Intake;
using ThreatWatch.Ingest.Sources;
using ThreatWatch.Platform.Hosting;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Ingest.Polling;

/// <summary>What polling and streaming share: the outcome of a read goes through the front door, and a spell of failures is said once.</summary>
public sealed partial class SourceVisit(
    FrontDoor door, SourceStateStore states, CursorStore cursors, Settings settings, TimeProvider time, ILogger<SourceVisit> logger)
{
    private static readonly TimeSpan SayEvery = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Break = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<string, SourceRecord> _pushed = [];

    public Task<string?> CursorAsync(SourceOptions source, CancellationToken cancellationToken) => cursors.FindAsync(source.Id, cancellationToken);

    /// <summary>Stores what a read brought and keeps the source's record.</summary>
    public async Task RecordAsync(SourceOptions source, SourceRecord record, ReadOutcome outcome, CancellationToken cancellationToken)
    {
        switch (outcome)
        {
            case SourceBatch batch:
                if (batch.Items.Count > 0 || batch.NextCursor is not null || batch.Notes is { Count: > 0 })
                    await door.StoreAsync(source, batch, cancellationToken);
                record.Take(source, batch, time.GetUtcNow());
                await SucceededAsync(source, record, cancellationToken);
                break;
            case ReadFailed failed:
                if (failed.NextCursor is { } cursor)
                    await door.StoreAsync(source, SourceBatch.Nothing(cursor), cancellationToken);
                await FailedAsync(source, record, failed.Why, cancellationToken);
                break;
        }
    }

    /// <summary>The door for a source's pushes is open; <paramref name="batch"/> is what came through it.</summary>
    public Task PushedAsync(SourceOptions source, SourceBatch batch, CancellationToken cancellationToken)
    {
        var record = _pushed.GetOrAdd(source.Id, _ => new SourceRecord());
        record.Take(source, batch, time.GetUtcNow());
        return SucceededAsync(source, record, cancellationToken);
    }

    /// <summary>The connection of a source that pushes over it stands, although it brings nothing.</summary>
    public Task StandsAsync(SourceOptions source, SourceRecord record, CancellationToken cancellationToken) =>
        record.Failures > 0 ? Task.CompletedTask : SucceededAsync(source, record, cancellationToken);

    /// <summary>The reader itself failed: our mistake, which must not end the source.</summary>
    public async Task BrokeAsync(SourceOptions source, SourceRecord record, Exception exception, CancellationToken cancellationToken)
    {
        if (record.Why != exception.GetType().Name)
            LogBroke(exception, source.Id);
        record.Failures++;
        record.Why = exception.GetType().Name;
        try
        {
            await states.FailedAsync(source.Id, record.Why, time.GetUtcNow(), cancellationToken);
        }
        catch (Exception second) when (second is not OperationCanceledException)
        {
            // The database itself is away; the next success writes the state.
        }
    }

    private async Task SucceededAsync(SourceOptions source, SourceRecord record, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (record.Failures > 0)
            LogWell(source.Id, record.Failures);
        if (record.Failures > 0 || record.SaidAt is null || now - record.SaidAt >= SayEvery || record.HasNewsSince(now - SayEvery))
        {
            // As long as the source may have asked us to stay away.
            var wish = settings.Get<FetchingOptions>().LongestWish;
            var patience = Break + (source.IsAsked ? (source.Every > wish ? source.Every : wish) * 2 : TimeSpan.Zero);
            await states.SucceededAsync(source.Id, now, pulse => record.Fold(pulse, source, patience, now), cancellationToken);
            record.SaidAt = now;
        }

        record.Failures = 0;
        record.Why = null;
    }

    private async Task FailedAsync(SourceOptions source, SourceRecord record, string why, CancellationToken cancellationToken)
    {
        record.Failures++;
        if (record.Why != why)
            LogFailed(source.Id, why);
        record.Why = why;
        await states.FailedAsync(source.Id, why, time.GetUtcNow(), cancellationToken);
    }

    [LoggerMessage(LogLevel.Warning, "Source {Source} can't be read: {Why}; it is tried again with growing pauses")]
    private partial void LogFailed(string source, string why);

    [LoggerMessage(LogLevel.Error, "Source {Source}: its reader or the store failed; it is tried again with growing pauses")]
    private partial void LogBroke(Exception exception, string source);

    [LoggerMessage(LogLevel.Information, "Source {Source} can be read again after {Failures} failure(s)")]
    private partial void LogWell(string source, int failures);
}
