using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ThreatWatch.Ingest.Sources;
using ThreatWatch.Platform.Hosting;

namespace ThreatWatch.Ingest.Polling;

/// <summary>
/// Reads every source that is asked, each at its own pace and never two reads of one at a time, so that a slow or broken source costs
/// the others nothing. Edits of the sources take effect at the next turn.
/// </summary>
public sealed class SourceWorker(
    Settings settings, SourceFactory factory, SourceVisit visit, SourceLease lease, TimeProvider time, ILogger<SourceWorker> logger) : BackgroundService
{
    /// <summary>The most reads at one time.</summary>
    public const int MaxReads = 64;

    private static readonly TimeSpan LongestNap = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, Polled> _sources = [];
    private IReadOnlyList<SourceOptions>? _applied;
    private TaskCompletionSource _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await Task.WhenAll(_sources.Values.Select(source => source.Read));
        await lease.ReleaseAllAsync(cancellationToken);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        WorkerLoop.RunAsync(RunOnceAsync, TimeSpan.Zero, time, logger, stoppingToken);

    /// <summary>Starts what is due, then waits until a read ends or the next is due.</summary>
    public async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        await StartDueAsync(cancellationToken);
        var now = time.GetUtcNow();
        var nap = LongestNap;
        foreach (var source in _sources.Values.Where(source => source.Read.IsCompleted && source.DueAt - now < nap))
            nap = source.DueAt - now;
        if (nap <= TimeSpan.Zero && _sources.Values.Count(source => !source.Read.IsCompleted) < MaxReads)
            return;
        await Task.WhenAny(_finished.Task, Task.Delay(nap > TimeSpan.Zero ? nap : LongestNap, time, cancellationToken));
        cancellationToken.ThrowIfCancellationRequested();
    }

    /// <summary>Starts the reads that are due, up to the limit; returns them.</summary>
    internal async Task<IReadOnlyList<Task>> StartDueAsync(CancellationToken cancellationToken)
    {
        await ApplySettingsAsync();
        if (_finished.Task.IsCompleted)
            _finished = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var now = time.GetUtcNow();
        var free = MaxReads - _sources.Values.Count(source => !source.Read.IsCompleted);
        var due = _sources.Values.Where(source => source.Read.IsCompleted && source.DueAt <= now).OrderBy(source => source.DueAt).Take(Math.Max(0, free)).ToList();
        foreach (var source in due)
            source.Read = ReadAsync(source, cancellationToken);
        return due.ConvertAll(source => source.Read);
    }

    // Never fails: whatever happens becomes the source's next due instant.
    private async Task ReadAsync(Polled source, CancellationToken cancellationToken)
    {
        await Task.Yield();
        var options = source.Options;
        var pause = options.Every;
        try
        {
            if (!await lease.TakeAsync(options.Id, (options.Every * 2) + TimeSpan.FromMinutes(2), cancellationToken))
            {
                pause = options.Every < TimeSpan.FromSeconds(30) ? options.Every : TimeSpan.FromSeconds(30);
                return;
            }

            var outcome = await source.Reader.ReadAsync(await visit.CursorAsync(options, cancellationToken), cancellationToken);
            await visit.RecordAsync(options, source.Record, outcome, cancellationToken);
            pause = outcome switch
            {
                SourceBatch batch => PollPace.AfterSuccess(options.Every, batch.NextAfter, batch.Items.Count > 0 || batch.NextCursor is not null),
                ReadFailed failed => PollPace.AfterFailure(options.Every, source.Record.Failures, failed.After, Random.Shared.NextDouble()),
                _ => pause,
            };
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Stopping: nothing was stored, so that the next start reads it again.
        }
        catch (Exception exception)
        {
            await visit.BrokeAsync(options, source.Record, exception, CancellationToken.None);
            pause = PollPace.AfterFailure(options.Every, source.Record.Failures, null, Random.Shared.NextDouble());
        }
        finally
        {
            source.DueAt = time.GetUtcNow() + pause;
            _finished.TrySetResult();
        }
    }

    private async Task ApplySettingsAsync()
    {
        var wanted = settings.Get<IReadOnlyList<SourceOptions>>();
        if (ReferenceEquals(wanted, _applied))
            return;
        var now = time.GetUtcNow();
        foreach (var gone in _sources.Values.Where(source => !wanted.Any(options => options.SameAs(source.Options))).ToList())
        {
            await gone.Read;
            _sources.Remove(gone.Options.Id);
            if (gone.Reader is IAsyncDisposable disposable)
                await disposable.DisposeAsync();
        }

        List<Polled> fresh =
        [
            .. wanted.Where(options => !_sources.ContainsKey(options.Id))
                .Select(options => (Options: options, Reader: factory.Reader(options))).Where(pair => pair.Reader is not null)
                .Select(pair => new Polled(pair.Options, pair.Reader!)),
        ];
        for (var i = 0; i < fresh.Count; i++)
        {
            fresh[i].DueAt = now + PollPace.First(i, fresh.Count, fresh[i].Options.Every, Random.Shared.NextDouble());
            _sources[fresh[i].Options.Id] = fresh[i];
        }

        _applied = wanted;
    }

    private sealed class Polled(SourceOptions options, ISourceReader reader)
    {
        public SourceOptions Options { get; } = options;

        public ISourceReader Reader { get; } = reader;

        public SourceRecord Record { get; } = new();

        public DateTimeOffset DueAt { get; set; }

        public Task Read { get; set; } = Task.CompletedTask;
    }
}
