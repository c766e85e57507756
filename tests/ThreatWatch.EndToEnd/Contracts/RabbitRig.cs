using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using ThreatWatch.Platform.Hosting;
using ThreatWatch.Platform.Queue;
using ThreatWatch.Platform.Storage;
using ThreatWatch.Tests.Contracts;

namespace ThreatWatch.EndToEnd.Contracts;

/// <summary>Two processes' halves of RabbitMQ over one database: the queue, a relay each, and who fetches the dead.</summary>
internal static class RabbitRig
{
    public static async Task<QueueRig> OpenAsync(string uri, string prefix, Database database, QueueOptions options)
    {
        options = options with { Provider = QueueProvider.RabbitMq, Uri = new(uri), Prefix = prefix };
        var time = new FakeTimeProvider(ScratchDatabase.Start);
        var first = new Half(options, database, time);
        var second = new Half(options, database, time);
        var rig = new QueueRig(database, options, time)
        {
            Queue = first,
            Other = second,
            LoseHold = first.RestartAsync,
        };
        await first.StartAsync(rig.Outbox);
        await second.StartAsync(new Outbox(time));
        rig.OnDispose(() =>
        {
            (database.Dialect as IDisposable)?.Dispose();
            return ValueTask.CompletedTask;
        });
        rig.OnDispose(first.DisposeAsync);
        rig.OnDispose(second.DisposeAsync);
        return rig;
    }

    /// <summary>A process's queue that can lose its connection as a dead process does.</summary>
    private sealed class Half(QueueOptions options, Database database, FakeTimeProvider time) : IMessageQueue, IAsyncDisposable
    {
        private RabbitConnection? _consuming;
        private RabbitConnection? _publishing;
        private RabbitQueue? _queue;
        private OutboxRelayWorker? _relay;
        private BrokerDeadLettersWorker? _dead;
        private Outbox? _outbox;

        public async Task StartAsync(Outbox outbox)
        {
            _outbox = outbox;
            _publishing = Connect();
            _relay = new OutboxRelayWorker(database, outbox, _publishing, options, time, NullLogger<OutboxRelayWorker>.Instance);
            _dead = new BrokerDeadLettersWorker(_publishing, database, new DeadLetters(database, outbox, time), options, time, NullLogger<BrokerDeadLettersWorker>.Instance);
            await _relay.StartAsync(default);
            await _dead.StartAsync(default);
            Begin();
        }

        public async Task RestartAsync()
        {
            await _queue!.DisposeAsync();
            await _consuming!.DisposeAsync();
            Begin();
        }

        public Task<IReadOnlyList<Delivery>> ReceiveAsync(string topic, int max, CancellationToken cancellationToken) => _queue!.ReceiveAsync(topic, max, cancellationToken);

        public Task SettleAsync(UnitOfWork work, IReadOnlyList<Delivery> deliveries, CancellationToken cancellationToken) => _queue!.SettleAsync(work, deliveries, cancellationToken);

        public Task RetryAsync(Delivery delivery, TimeSpan after, string why, CancellationToken cancellationToken) => _queue!.RetryAsync(delivery, after, why, cancellationToken);

        public Task DeadLetterAsync(Delivery delivery, string reason, CancellationToken cancellationToken) => _queue!.DeadLetterAsync(delivery, reason, cancellationToken);

        public Task ReleaseAsync(IReadOnlyList<Delivery> deliveries, CancellationToken cancellationToken) => _queue!.ReleaseAsync(deliveries, cancellationToken);

        public Task RehearseAsync(CancellationToken cancellationToken) => _queue!.RehearseAsync(cancellationToken);

        public Task<IReadOnlyDictionary<string, long>> DepthAsync(CancellationToken cancellationToken) => _queue!.DepthAsync(cancellationToken);

        public async ValueTask DisposeAsync()
        {
            await _relay!.StopAsync(default);
            await _dead!.StopAsync(default);
            _relay.Dispose();
            _dead.Dispose();
            await _queue!.DisposeAsync();
            await _consuming!.DisposeAsync();
            await _publishing!.DisposeAsync();
        }

        private void Begin()
        {
            _consuming = Connect();
            _queue = new RabbitQueue(_consuming, database, _outbox!, new DeadLetters(database, _outbox!, time), options, time, NullLogger<RabbitQueue>.Instance);
        }

        private RabbitConnection Connect() => new(options, new Roles(["test"]), TimeProvider.System, NullLogger<RabbitConnection>.Instance);
    }
}
