using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;
using ThreatWatch.Ingest.Polling;
using ThreatWatch.Ingest.Sources;
using ThreatWatch.Ingest.Streaming;
using ThreatWatch.Platform.Storage;
using ThreatWatch.Tests.Ingest.Sources;

namespace ThreatWatch.Tests.Ingest.Streaming;

public sealed class StreamWorkerTests : IDisposable
{
    private readonly TemporaryIntake _intake = new();
    private readonly CancellationTokenSource _stop = new(TimeSpan.FromMinutes(2));
    private readonly Wire _wire = new();
    private readonly StreamWorker _worker;

    public StreamWorkerTests()
    {
        var states = new SourceStateStore(_intake.Database);
        _worker = new StreamWorker(
            _intake.Settings,
            SomeFactory.Of(_intake.Settings),
            new SourceVisit(_intake.Door, states, new CursorStore(_intake.Database), _intake.Settings, _intake.Time, NullLogger<SourceVisit>.Instance),
            new SourceLease(states, _intake.Database, _intake.Time),
            _intake.Time,
            NullLogger<StreamWorker>.Instance);
    }

    public void Dispose()
    {
        _stop.Dispose();
        _worker.Dispose();
        _intake.Dispose();
    }

    [Fact]
    public async Task A_stream_that_ends_is_taken_up_again_from_the_cursor_of_what_was_stored()
    {
        var held = _worker.HoldAsync(SomeSource.BoundTo("cedar"), _wire, _stop.Token);
        Assert.Equal("", await _wire.ConnectedAsync(_stop.Token));
        _wire.Send(new SourceBatch([SomeSource.Post("one", "1")], "after 1"));
        _wire.Send(new ReadFailed("the server closed the connection"));
        Assert.Equal("after 1", await _wire.ReconnectedAsync(_intake, _stop.Token));
        _wire.Send(new SourceBatch([SomeSource.Post("two", "2")], "after 2"));
        _wire.Break();
        Assert.Equal("after 2", await _wire.ReconnectedAsync(_intake, _stop.Token));
        await _stop.CancelAsync();
        await held;
        Assert.Equal(["one", "two"], (await _intake.All()).Select(post => post.Text));
        Assert.Equal(2, await _intake.Counter("failures"));
    }

    /// <summary>A connection that the test holds the other end of.</summary>
    private sealed class Wire : ISourceStream
    {
        private readonly Channel<string> _connections = Channel.CreateUnbounded<string>();
        private Channel<ReadOutcome> _sent = Channel.CreateUnbounded<ReadOutcome>();

        public async IAsyncEnumerable<ReadOutcome> ReadAllAsync(string? cursor, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            _sent = Channel.CreateUnbounded<ReadOutcome>();
            _connections.Writer.TryWrite(cursor ?? "");
            await foreach (var outcome in _sent.Reader.ReadAllAsync(cancellationToken))
                yield return outcome;
        }

        public void Send(ReadOutcome outcome) => _sent.Writer.TryWrite(outcome);

        public void Break() => _sent.Writer.Complete(new InvalidDataException("broken"));

        public async Task<string> ConnectedAsync(CancellationToken cancellationToken) => await _connections.Reader.ReadAsync(cancellationToken);

        /// <summary>Lets the pause pass by moving the clock on until the worker has connected again.</summary>
        public async Task<string> ReconnectedAsync(TemporaryIntake intake, CancellationToken cancellationToken)
        {
            string? cursor;
            while (!_connections.Reader.TryRead(out cursor))
            {
                cancellationToken.ThrowIfCancellationRequested();
                intake.Time.Advance(TimeSpan.FromMilliseconds(100));
                await Task.Yield();
            }

            return cursor;
        }
    }
}
