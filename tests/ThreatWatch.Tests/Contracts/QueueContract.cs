using System.Diagnostics;
using ThreatWatch.Core;
using ThreatWatch.Platform.Queue;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Tests.Contracts;

/// <summary>What every queue must keep, whatever carries it.</summary>
public abstract class QueueContract
{
    private const string Topic = Topics.PostIngested;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Messages_come_in_the_order_in_which_they_were_committed()
    {
        await using var rig = await OpenAsync();
        for (var i = 0; i < 5; i++)
            await SendAsync(rig, $"{i}a", $"{i}b");

        var received = await ReceiveAsync(rig.Queue, 10);

        Assert.Equal(["0a", "0b", "1a", "1b", "2a", "2b", "3a", "3b", "4a", "4b"], received.Select(IdOf));
        Assert.All(received, delivery => Assert.Equal(1, delivery.Attempt));
    }

    [Fact]
    public async Task A_transaction_that_is_rolled_back_enqueues_nothing()
    {
        await using var rig = await OpenAsync();
        await using (var work = await rig.Database.BeginAsync(default))
            await rig.Outbox.AddAsync(work, Topic, Message("undone"), default);
        await SendAsync(rig, "done");

        Assert.Equal("done", IdOf(Assert.Single(await ReceiveAsync(rig.Queue, 1))));
        await AssertNothingAsync(rig);
    }

    [Fact]
    public async Task What_is_settled_never_comes_again_even_when_its_holder_dies()
    {
        await using var rig = await OpenAsync();
        await SendAsync(rig, "first");
        await SettleAsync(rig, rig.Queue, await ReceiveAsync(rig.Queue, 1));

        await rig.LoseHold();

        await AssertNothingAsync(rig);
        await EventuallyAsync(async () => (await rig.Queue.DepthAsync(default))[Topic] == 0);
    }

    [Fact]
    public async Task A_settlement_that_is_rolled_back_leaves_the_message_to_come_again()
    {
        await using var rig = await OpenAsync();
        await SendAsync(rig, "kept");
        var held = await ReceiveAsync(rig.Queue, 1);
        await using (var work = await rig.Database.BeginAsync(default))
            await rig.Queue.SettleAsync(work, held, default);

        await rig.LoseHold();

        Assert.Equal("kept", IdOf(Assert.Single(await ReceiveAsync(rig.Other, 1))));
    }

    [Fact]
    public async Task When_the_hold_is_lost_another_gets_the_message_and_the_first_can_no_longer_settle_it()
    {
        await using var rig = await OpenAsync();
        await SendAsync(rig, "taken over");
        var held = await ReceiveAsync(rig.Queue, 1);

        await rig.LoseHold();
        var taken = Assert.Single(await ReceiveAsync(rig.Other, 1));

        Assert.Equal(("taken over", 2), (IdOf(taken), taken.Attempt));
        await using var work = await rig.Database.BeginAsync(default);
        await Assert.ThrowsAsync<LeaseLostException>(() => rig.Queue.SettleAsync(work, held, default));
    }

    [Fact]
    public async Task A_retry_comes_after_its_pause_and_counts()
    {
        await using var rig = await OpenAsync();
        await SendAsync(rig, "again");
        var held = Assert.Single(await ReceiveAsync(rig.Queue, 1));

        await rig.Queue.RetryAsync(held, TimeSpan.FromHours(1), "TimeoutException", default);
        await AssertNothingAsync(rig);
        Assert.Equal(1, (await rig.Queue.DepthAsync(default))[Topic]);
        rig.Time.Advance(TimeSpan.FromHours(1));

        var second = Assert.Single(await ReceiveAsync(rig.Queue, 1));
        Assert.Equal(("again", 2), (IdOf(second), second.Attempt));
    }

    [Fact]
    public async Task At_the_delivery_limit_a_retry_becomes_a_dead_letter_with_its_reason()
    {
        await using var rig = await OpenAsync();
        await SendAsync(rig, "poison");
        for (var attempt = 1; attempt <= rig.Options.DeliveryLimit; attempt++)
        {
            var held = Assert.Single(await ReceiveAsync(rig.Queue, 1));
            Assert.Equal(attempt, held.Attempt);
            await rig.Queue.RetryAsync(held, TimeSpan.Zero, "FormatException", default);
        }

        var letter = Assert.Single(await rig.DeadLetters.ListAsync(10, default));
        Assert.Equal((Topic, "FormatException", rig.Options.DeliveryLimit), (letter.Topic, letter.Reason, letter.Attempts));
        await AssertNothingAsync(rig);
    }

    [Fact]
    public async Task A_message_whose_workers_die_each_time_becomes_a_dead_letter_that_says_so()
    {
        await using var rig = await OpenAsync();
        await SendAsync(rig, "killer");
        for (var attempt = 1; attempt <= rig.Options.DeliveryLimit; attempt++)
        {
            Assert.Equal(attempt, Assert.Single(await ReceiveAsync(rig.Queue, 1)).Attempt);
            await rig.LoseHold();
        }

        await AssertNothingAsync(rig);
        await EventuallyAsync(async () => await rig.DeadLetters.CountAsync(default) == 1);
        var letter = Assert.Single(await rig.DeadLetters.ListAsync(10, default));
        Assert.Equal((Topic, $"its worker died {rig.Options.DeliveryLimit} times"), (letter.Topic, letter.Reason));
        Assert.Contains("killer", letter.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dead_letter_that_is_redelivered_comes_as_new()
    {
        await using var rig = await OpenAsync();
        await SendAsync(rig, "buried");
        await rig.Queue.DeadLetterAsync(Assert.Single(await ReceiveAsync(rig.Queue, 1)), "not a PostIngested", default);
        Assert.Equal("not a PostIngested", Assert.Single(await rig.DeadLetters.ListAsync(10, default)).Reason);

        Assert.Equal(1, await rig.DeadLetters.RedeliverAsync(null, default));

        var risen = Assert.Single(await ReceiveAsync(rig.Queue, 1));
        Assert.Equal(("buried", 1), (IdOf(risen), risen.Attempt));
        Assert.Equal(0, await rig.DeadLetters.CountAsync(default));
    }

    [Fact]
    public async Task What_is_released_at_a_stop_comes_at_once_and_uncounted()
    {
        await using var rig = await OpenAsync();
        await SendAsync(rig, "one", "two");
        var held = await ReceiveAsync(rig.Queue, 2);

        await rig.Queue.ReleaseAsync(held, default);

        var again = await ReceiveAsync(rig.Queue, 2);
        Assert.Equal([("one", 1), ("two", 1)], again.Select(delivery => (IdOf(delivery), delivery.Attempt)).Order());
    }

    [Fact]
    public async Task Two_consumers_share_the_messages_and_get_none_twice()
    {
        await using var rig = await OpenAsync();
        await SendAsync(rig, [.. Enumerable.Range(0, 200).Select(i => $"{i}")]);

        var first = await ReceiveAsync(rig.Queue, 10);
        var second = await ReceiveAsync(rig.Other, 10);
        await SettleAsync(rig, rig.Queue, first);
        await SettleAsync(rig, rig.Other, second);

        // What one holds unasked the other can't have: both stop as soon as all are taken.
        var left = 180;
        using var done = new CancellationTokenSource(Patience);
        async Task<List<string>> TakeAsync(IMessageQueue queue)
        {
            var ids = new List<string>();
            try
            {
                while (left > 0)
                {
                    var deliveries = await queue.ReceiveAsync(Topic, 10, done.Token);
                    await SettleAsync(rig, queue, deliveries);
                    ids.AddRange(deliveries.Select(IdOf));
                    if (Interlocked.Add(ref left, -deliveries.Count) <= 0)
                        await done.CancelAsync();
                }
            }
            catch (OperationCanceledException) when (left <= 0)
            {
            }

            return ids;
        }

        var taken = await Task.WhenAll(Task.Run(() => TakeAsync(rig.Queue)), Task.Run(() => TakeAsync(rig.Other)));

        Assert.Equal(
            Enumerable.Range(0, 200).Select(i => $"{i}").Order(),
            first.Concat(second).Select(IdOf).Concat(taken.SelectMany(ids => ids)).Order());
    }

    [Fact]
    public async Task Ten_thousand_messages_all_arrive()
    {
        await using var rig = await OpenAsync();
        const int Count = 10_000;
        var all = Enumerable.Range(0, Count).Select(i => $"{i}").ToArray();
        foreach (var chunk in all.Chunk(1000))
            await SendAsync(rig, chunk);

        Assert.Equal(all.Order(), (await DrainAsync(rig, rig.Queue, Count)).Order());
        await EventuallyAsync(async () => (await rig.Queue.DepthAsync(default))[Topic] == 0);
    }

    /// <summary>A queue of its own over a database of its own; a delivery limit of 3, a prefetch of 64.</summary>
    protected abstract Task<QueueRig> OpenAsync();

    protected static QueueOptions Options { get; } = new() { DeliveryLimit = 3, Prefetch = 64 };

    protected static PostIngested Message(string id) => new([id]);

    protected static string IdOf(Delivery delivery) => Json.Read<PostIngested>(delivery.Body).PostIds[0];

    protected static async Task SendAsync(QueueRig rig, params string[] ids)
    {
        await using var work = await rig.Database.BeginAsync(default);
        foreach (var id in ids)
            await rig.Outbox.AddAsync(work, Topic, Message(id), default);
        await work.CommitAsync(default);
    }

    /// <summary>Exactly so many, in however many goes.</summary>
    protected static async Task<IReadOnlyList<Delivery>> ReceiveAsync(IMessageQueue queue, int count)
    {
        using var limit = new CancellationTokenSource(Patience);
        var received = new List<Delivery>();
        while (received.Count < count)
            received.AddRange(await queue.ReceiveAsync(Topic, count - received.Count, limit.Token));
        return received;
    }

    protected static async Task SettleAsync(QueueRig rig, IMessageQueue queue, IReadOnlyList<Delivery> deliveries)
    {
        await using var work = await rig.Database.BeginAsync(default);
        await queue.SettleAsync(work, deliveries, default);
        await work.CommitAsync(default);
    }

    protected static async Task<List<string>> DrainAsync(QueueRig rig, IMessageQueue queue, int count)
    {
        using var limit = new CancellationTokenSource(Patience * 2);
        var ids = new List<string>();
        while (ids.Count < count)
        {
            var deliveries = await queue.ReceiveAsync(Topic, Math.Min(64, count - ids.Count), limit.Token);
            await SettleAsync(rig, queue, deliveries);
            ids.AddRange(deliveries.Select(IdOf));
        }

        return ids;
    }

    /// <summary>Nothing comes to either process for a while.</summary>
    protected static async Task AssertNothingAsync(QueueRig rig)
    {
        foreach (var queue in new[] { rig.Queue, rig.Other })
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => queue.ReceiveAsync(Topic, 1, limit.Token));
        }
    }

    protected static async Task EventuallyAsync(Func<Task<bool>> look)
    {
        var watch = Stopwatch.StartNew();
        while (!await look())
        {
            Assert.True(watch.Elapsed < Patience, "not within 30 s");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }
    }
}
