using ThreatWatch.Core;
using ThreatWatch.EndToEnd.Machine;
using ThreatWatch.Platform.Storage;
using ThreatWatch.Tests.Contracts;

namespace ThreatWatch.EndToEnd.Contracts;

/// <summary>PostgreSQL keeps the stores' contract, and lets two writers work at a time where SQLite has one.</summary>
public sealed class PostgresStoreTests(TestMachine machine) : StoreContract
{
    private static readonly DateTimeOffset Now = ScratchDatabase.Start;

    [Fact]
    public async Task Two_channels_take_up_their_messages_of_one_alert_at_the_same_time()
    {
        await using var scratch = await WithMessagesAsync();
        await using var mail = await scratch.Database.BeginAsync(default);
        await using var text = await scratch.Database.BeginAsync(default);

        Assert.Equal(["n1"], await ClaimAsync(mail, Channel.Email));
        Assert.Equal(["n2"], await ClaimAsync(text, Channel.Sms));
    }

    [Fact]
    public async Task Two_lanes_of_one_channel_never_take_up_the_same_message()
    {
        await using var scratch = await WithMessagesAsync();
        await using var one = await scratch.Database.BeginAsync(default);
        await using var other = await scratch.Another().BeginAsync(default);

        Assert.Equal(["n1"], await ClaimAsync(one, Channel.Email));
        Assert.Empty(await ClaimAsync(other, Channel.Email));
    }

    [Fact]
    public async Task Nothing_is_taken_up_while_somebody_acknowledges_not_even_what_a_dead_process_left_under_way()
    {
        await using var scratch = await WithMessagesAsync();
        await using (var dead = await scratch.Database.BeginAsync(default))
        {
            await ClaimAsync(dead, Channel.Email);
            await dead.CommitAsync(default);
        }

        await using var acknowledging = await scratch.Database.BeginAsync(default);
        await acknowledging.ExecuteAsync("update alerts set state = 'Acknowledged', acknowledged_at = @now", default, ("@now", Now.AddMinutes(2)));
        await using var claiming = await scratch.Another().BeginAsync(default);

        Assert.Empty(await ClaimAsync(claiming, Channel.Email, Now.AddMinutes(2)));
        Assert.Empty(await ClaimAsync(claiming, Channel.Sms, Now.AddMinutes(2)));
        await acknowledging.CommitAsync(default);
        Assert.Empty(await ClaimAsync(claiming, Channel.Email, Now.AddMinutes(2)));
    }

    protected override Task<Scratch> OpenEmptyAsync() => PostgresScratch.OpenAsync(machine);

    private async Task<Scratch> WithMessagesAsync()
    {
        var scratch = await OpenAsync();
        await using var work = await scratch.Database.BeginAsync(default);
        await AlertStore.OpenAsync(work, [SomeAlert("a1")], default);
        await NotificationStore.AddAsync(work, [SomeMessage("n1", "a1", "ortega"), SomeMessage("n2", "a1", "ortega", Channel.Sms)], default);
        await work.CommitAsync(default);
        return scratch;
    }

    private static async Task<IEnumerable<string>> ClaimAsync(UnitOfWork work, Channel channel, DateTimeOffset? at = null) =>
        (await NotificationStore.ClaimAsync(work, channel, at ?? Now, (at ?? Now).AddMinutes(-1), 10, default)).Select(row => row.Id);
}
