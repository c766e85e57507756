using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ThreatWatch.Ingest.Polling;
using ThreatWatch.Ingest.Sources;
using ThreatWatch.Platform.Hosting;

namespace ThreatWatch.Ingest.Streaming;

/// <summary>
/// Holds the connections of all sources that push, one loop each: connect from the saved cursor, store what comes, and connect again
/// after a pause that grows while it brings nothing. Edits of the sources take effect within a second.
/// </summary>
public sealed class StreamWorker(
    Settings settings, SourceFactory factory, SourceVisit visit, SourceLease lease, TimeProvider time, ILogger<StreamWorker> logger) : BackgroundService
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LeaseFor = TimeSpan.FromSeconds(60);

    // No attempt to connect takes as long.
    private static readonly TimeSpan Stands = TimeSpan.FromSeconds(45);
    private static readonly TimeSpan RenewEvery = TimeSpan.FromSeconds(15);

    private readonly Dictionary<string, Held> _held = [];
    private readonly ConcurrentDictionary<string, Connection> _connected = [];
    private IReadOnlyList<SourceOptions>? _applied;
    private DateTimeOffset _renewAt;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await WorkerLoop.RunAsync(RunOnceAsync, Look, time, logger, stoppingToken);
        foreach (var held in _held.Values)
            await EndAsync(held);
    }

    /// <summary>Follows edits of the sources and renews what this process holds: a quiet stream is held as well.</summary>
    public async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        await ApplyAsync(cancellationToken);
        if (time.GetUtcNow() < _renewAt)
            return;
        _renewAt = time.GetUtcNow() + RenewEvery;
        foreach (var (id, connection) in _connected)
        {
            await lease.TakeAsync(id, LeaseFor, cancellationToken);
            if (time.GetUtcNow() - connection.SinceAt >= Stands)
                await visit.StandsAsync(connection.Options, connection.Record, cancellationToken);
        }
    }

    private async Task ApplyAsync(CancellationToken cancellationToken)
    {
        var wanted = settings.Get<IReadOnlyList<SourceOptions>>();
        if (ReferenceEquals(wanted, _applied))
            return;
        foreach (var gone in _held.Values.Where(held => !wanted.Any(options => options.SameAs(held.Options))).ToList())
        {
            _held.Remove(gone.Options.Id);
            await EndAsync(gone);
        }

        foreach (var options in wanted.Where(options => !_held.ContainsKey(options.Id)))
        {
            if (factory.Stream(options) is not { } stream)
                continue;
            var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            _held[options.Id] = new Held(options, stop, HoldAsync(options, stream, stop.Token));
        }

        _applied = wanted;
    }

    /// <summary>One source, until cancelled.</summary>
    internal async Task HoldAsync(SourceOptions options, ISourceStream stream, CancellationToken cancellationToken)
    {
        await Task.Yield();
        var record = new SourceRecord();
        while (!cancellationToken.IsCancellationRequested)
        {
            TimeSpan? asked = null;
            var brought = false;
            try
            {
                if (!await lease.TakeAsync(options.Id, LeaseFor, cancellationToken))
                {
                    await Task.Delay(RenewEvery, time, cancellationToken);
                    continue;
                }

                _connected[options.Id] = new Connection(options, record, time.GetUtcNow());
                await foreach (var outcome in stream.ReadAllAsync(await visit.CursorAsync(options, cancellationToken), cancellationToken))
                {
                    await visit.RecordAsync(options, record, outcome, cancellationToken);
                    if (outcome is ReadFailed failed)
                    {
                        asked = failed.After;
                        break;
                    }

                    brought = true;
                }
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception exception)
            {
                await visit.BrokeAsync(options, record, exception, CancellationToken.None);
            }
            finally
            {
                _connected.TryRemove(options.Id, out _);
            }

            try
            {
                var failures = brought ? 1 : Math.Max(1, record.Failures);
                await Task.Delay(PollPace.AfterFailure(FirstPause, failures, asked, Random.Shared.NextDouble()), time, cancellationToken);
            }
            catch (OperationCanceledException)
            {
                break;
            }
        }

        if (stream is IAsyncDisposable disposable)
            await disposable.DisposeAsync();
    }

    private static async Task EndAsync(Held held)
    {
        await held.Stop.CancelAsync();
        await held.Loop;
        held.Stop.Dispose();
    }

    private sealed record Connection(SourceOptions Options, SourceRecord Record, DateTimeOffset SinceAt);

    private sealed record Held(SourceOptions Options, CancellationTokenSource Stop, Task Loop);
}
