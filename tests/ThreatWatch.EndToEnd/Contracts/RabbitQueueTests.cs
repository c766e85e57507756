using RabbitMQ.Client;
using ThreatWatch.Core;
using ThreatWatch.EndToEnd.Machine;
using ThreatWatch.Platform.Queue;
using ThreatWatch.Tests.Contracts;

namespace ThreatWatch.EndToEnd.Contracts;

/// <summary>RabbitMQ with PostgreSQL keeps the contract, and what only a broker can do to us.</summary>
public sealed class RabbitQueueTests(TestMachine machine) : QueueContract
{
    [Fact]
    public async Task A_rehearsal_touches_no_real_message_and_leaves_nothing_on_the_broker()
    {
        await using var rig = await OpenAsync();
        await SendAsync(rig, "real");

        await rig.Queue.RehearseAsync(TestContext.Current.CancellationToken);

        var delivery = Assert.Single(await ReceiveAsync(rig.Queue, 1));
        Assert.Equal(1, delivery.Attempt);
        await SettleAsync(rig, rig.Queue, [delivery]);
        Assert.All((await rig.Queue.DepthAsync(default)).Values, depth => Assert.Equal(0, depth));
        Assert.Equal(0, await rig.DeadLetters.CountAsync(default));
    }

    [Fact]
    public async Task A_queue_that_was_deleted_under_us_is_made_anew_and_its_messages_wait_in_the_outbox()
    {
        await using var rig = await OpenAsync();
        await SendAsync(rig, "before");
        await SettleAsync(rig, rig.Queue, await ReceiveAsync(rig.Queue, 1));
        await using (var connection = await new ConnectionFactory { Uri = new Uri(rig.Options.Uri.Reveal()) }.CreateConnectionAsync())
        await using (var channel = await connection.CreateChannelAsync())
            await channel.QueueDeleteAsync($"{rig.Options.Prefix}.{Topics.PostIngested}");

        await SendAsync(rig, "after");

        // It is refused, and sent again after a pause, which begins when it is refused: on a busy machine that may be a while from now.
        var receiving = ReceiveAsync(rig.Queue, 1);
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(2));
        while (!receiving.IsCompleted)
        {
            rig.Time.Advance(TimeSpan.FromSeconds(6));
            await Task.WhenAny(receiving, timer.WaitForNextTickAsync().AsTask());
        }

        Assert.Equal("after", IdOf(Assert.Single(await receiving)));
    }

    [Fact]
    public async Task A_broker_that_is_killed_in_the_middle_loses_nothing()
    {
        var broker = await RealBroker.StartAsync(machine.NewFolder("broker"));
        await using var brokerOver = broker;
        await using var rig = await OpenOnAsync(broker);
        var all = Enumerable.Range(0, 2000).Select(i => $"{i}").ToArray();
        foreach (var chunk in all[..1000].Chunk(100))
            await SendAsync(rig, chunk);
        var got = new HashSet<string>(await DrainAsync(rig, rig.Queue, 300));
        var held = await ReceiveAsync(rig.Queue, 10);

        await broker.KillAsync();
        foreach (var chunk in all[1000..].Chunk(100))
            await SendAsync(rig, chunk);
        await broker.RestartAsync();

        await using (var work = await rig.Database.BeginAsync(default))
            await Assert.ThrowsAsync<LeaseLostException>(() => rig.Queue.SettleAsync(work, held, default));
        while (got.Count < all.Length)
            got.UnionWith(await DrainAsync(rig, rig.Queue, 1));
        Assert.Equal(all.Order(), got.Order());
    }

    [Fact]
    public async Task A_limit_that_was_changed_later_does_not_keep_the_daemon_from_starting()
    {
        var name = machine.NewName("changed");
        var broker = await machine.BrokerAsync();
        await using (var earlier = await OpenOnAsync(broker, name))
        {
            await SendAsync(earlier, "first");
            await SettleAsync(earlier, earlier.Queue, await ReceiveAsync(earlier.Queue, 1));
        }

        var server = await machine.DatabaseAsync();

        await using var rig = await RabbitRig.OpenAsync(
            broker.Uri, name, ScratchDatabase.PostgreSql(await server.NewDatabaseAsync()), Options with { DeliveryLimit = 7 });
        await SendAsync(rig, "second");

        Assert.Equal("second", IdOf(Assert.Single(await ReceiveAsync(rig.Queue, 1))));
    }

    protected override async Task<QueueRig> OpenAsync() => await OpenOnAsync(await machine.BrokerAsync());

    private async Task<QueueRig> OpenOnAsync(RealBroker broker, string? name = null)
    {
        var server = await machine.DatabaseAsync();
        return await RabbitRig.OpenAsync(broker.Uri, name ?? machine.NewName("test"), ScratchDatabase.PostgreSql(await server.NewDatabaseAsync()), Options);
    }
}
