using Microsoft.Extensions.Time.Testing;
using ThreatWatch.Platform.Queue;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Tests.Contracts;

/// <summary>A queue under test with what stands around it, and a clock that runs and can be put forward.</summary>
public sealed class QueueRig : IAsyncDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(20);
    private readonly CancellationTokenSource _over = new();
    private readonly List<Func<ValueTask>> _disposals = [];
    private readonly Task _clock;

    public QueueRig(Database database, QueueOptions options, FakeTimeProvider time)
    {
        Database = database;
        Options = options;
        Time = time;
        Outbox = new Outbox(time);
        DeadLetters = new DeadLetters(database, Outbox, time);
        _clock = RunClockAsync();
    }

    public Database Database { get; }

    public QueueOptions Options { get; }

    public FakeTimeProvider Time { get; }

    public Outbox Outbox { get; }

    public DeadLetters DeadLetters { get; }

    /// <summary>The queue as the process under test has it.</summary>
    public required IMessageQueue Queue { get; init; }

    /// <summary>The queue as another process has it.</summary>
    public required IMessageQueue Other { get; init; }

    /// <summary>Takes away everything that <see cref="Queue"/> holds, as if its process had died.</summary>
    public required Func<Task> LoseHold { get; init; }

    public void OnDispose(Func<ValueTask> disposal) => _disposals.Add(disposal);

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await _clock;
        foreach (var disposal in Enumerable.Reverse(_disposals))
            await disposal();
        _over.Dispose();
    }

    private async Task RunClockAsync()
    {
        using var timer = new PeriodicTimer(Tick, TimeProvider.System);
        try
        {
            while (await timer.WaitForNextTickAsync(_over.Token))
                Time.Advance(Tick);
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }
}
