using ThreatWatch.Core;
using ThreatWatch.Platform.Hosting;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Platform.Queue;

/// <summary>
/// The queue without a broker: rows leased from the outbox's table until settled. A lease bears a token, so that a worker that was
/// thought dead can't settle what another has taken over.
/// </summary>
public sealed class EmbeddedQueue(Database database, Outbox outbox, DeadLetters deadLetters, QueueOptions options, TimeProvider time) : IMessageQueue
{
    // Other processes' commits are not signalled to us.
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(500);

    public async Task<IReadOnlyList<Delivery>> ReceiveAsync(string topic, int max, CancellationToken cancellationToken)
    {
        while (true)
        {
            var deliveries = await LeaseAsync(topic, max, cancellationToken);
            if (deliveries.Count > 0)
            {
                CrashPoint.Reach("queue.leased");
                return deliveries;
            }

            await outbox.WaitAsync(topic, Poll, cancellationToken);
        }
    }

    public async Task SettleAsync(UnitOfWork work, IReadOnlyList<Delivery> deliveries, CancellationToken cancellationToken)
    {
        // What was leased together has one token.
        foreach (var lease in deliveries.Select(delivery => (LeaseToken)delivery.Token).GroupBy(token => token.Lease))
        {
            var ids = lease.Select(token => token.Id).ToList();
            var gone = await work.ExecuteAsync(
                $"delete from queue where {work.Dialect.In("id", "@ids")} and lease = @lease",
                cancellationToken,
                ("@ids", work.Dialect.ListParameter(ids)),
                ("@lease", lease.Key));
            if (gone < ids.Count)
                throw new LeaseLostException();
        }
    }

    public async Task RetryAsync(Delivery delivery, TimeSpan after, string why, CancellationToken cancellationToken)
    {
        if (delivery.Attempt >= options.DeliveryLimit)
        {
            await DeadLetterAsync(delivery, why, cancellationToken);
            return;
        }

        var token = (LeaseToken)delivery.Token;
        await database.ExecuteAsync(
            "update queue set visible_at = @at, lease = null, last_error = @why where id = @id and lease = @lease",
            cancellationToken,
            ("@at", time.GetUtcNow() + after),
            ("@why", why),
            ("@id", token.Id),
            ("@lease", token.Lease));
    }

    public async Task DeadLetterAsync(Delivery delivery, string reason, CancellationToken cancellationToken)
    {
        await using var work = await database.BeginAsync(cancellationToken);
        await SettleAsync(work, [delivery], cancellationToken);
        await deadLetters.AddAsync(work, delivery, reason, cancellationToken);
        await work.CommitAsync(cancellationToken);
    }

    public async Task ReleaseAsync(IReadOnlyList<Delivery> deliveries, CancellationToken cancellationToken)
    {
        foreach (var delivery in deliveries)
        {
            var token = (LeaseToken)delivery.Token;
            await database.ExecuteAsync(
                "update queue set visible_at = @now, lease = null, attempts = attempts - 1 where id = @id and lease = @lease",
                cancellationToken,
                ("@now", time.GetUtcNow()),
                ("@id", token.Id),
                ("@lease", token.Lease));
            outbox.Wake(delivery.Topic);
        }
    }

    /// <summary>Nothing: whoever rehearses on a database has rehearsed the queue, which is a table of it.</summary>
    public Task RehearseAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task<IReadOnlyDictionary<string, long>> DepthAsync(CancellationToken cancellationToken)
    {
        var rows = await database.QueryAsync(
            "select topic, count(*) from queue group by topic", reader => (reader.GetString(0), reader.GetInt64(1)), cancellationToken);
        var depth = Topics.All.ToDictionary(topic => topic, _ => 0L);
        foreach (var (topic, count) in rows)
            depth[topic] = count;
        return depth;
    }

    private async Task<List<Delivery>> LeaseAsync(string topic, int max, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var lease = Ids.New(now);
        // A look first: on SQLite an update takes the only writer's turn, even when there is nothing to do.
        if (await database.CountAsync(
            "select 1 from queue where topic = @topic and visible_at <= @now limit 1", cancellationToken, ("@topic", topic), ("@now", now)) == 0)
            return [];
        // A lease that a power cut takes back is a delivery that comes again.
        await using var work = await database.BeginPassingAsync(cancellationToken);
        var rows = await work.QueryAsync(
            "update queue set visible_at = @until, lease = @lease, attempts = attempts + 1 where id in "
            + "(select id from queue where topic = @topic and visible_at <= @now order by visible_at, id limit @max" + work.Dialect.SkipLocked + ") "
            + "returning id, body, attempts, last_error",
            reader => (Id: reader.GetInt64(0), Body: reader.GetString(1), Attempt: reader.Int(2), Error: reader.TextOrNull(3)),
            cancellationToken,
            ("@until", now + options.Lease),
            ("@lease", lease),
            ("@topic", topic),
            ("@now", now),
            ("@max", max));
        var deliveries = new List<Delivery>();
        foreach (var row in rows.OrderBy(row => row.Id))
        {
            var delivery = new Delivery(topic, row.Body, row.Attempt, new LeaseToken(row.Id, lease));
            if (row.Attempt <= options.DeliveryLimit)
            {
                deliveries.Add(delivery);
                continue;
            }

            // Nobody ever said why: each worker that held it died.
            await SettleAsync(work, [delivery], cancellationToken);
            await deadLetters.AddAsync(work, delivery, row.Error ?? $"its worker died {options.DeliveryLimit} times", cancellationToken);
        }

        await work.CommitAsync(cancellationToken);
        return deliveries;
    }

    private sealed record LeaseToken(long Id, string Lease);
}

/// <summary>Another worker holds the message now: whatever was done for it must be rolled back.</summary>
public sealed class LeaseLostException : Exception
{
    public LeaseLostException()
        : base("the lease ran out and another worker has taken the message")
    {
    }
}
