using Microsoft.Extensions.Time.Testing;
using ThreatWatch.Ingest.Fetching;

namespace ThreatWatch.Tests.Ingest.Fetching;

public sealed class HostTurnsTests
{
    private static readonly FetchingOptions Options = new() { PerHostPerMinute = 60, PerHostBurst = 3 };
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    [Theory]
    [InlineData("feeds.district.example.org", "example.org")]
    [InlineData("example.org", "example.org")]
    [InlineData("WWW.Example.ORG.", "example.org")]
    [InlineData("news.bbc.co.uk", "bbc.co.uk")]
    [InlineData("www.fort-example.k12.tx.us", "fort-example.k12.tx.us")]
    [InlineData("ci.springfield.il.us", "springfield.il.us")]
    [InlineData("127.0.0.1", "127.0.0.1")]
    [InlineData("[2606:4700::1]", "[2606:4700::1]")]
    [InlineData("localhost", "localhost")]
    public void A_registrable_host_is_what_one_operator_owns(string host, string registrable) => Assert.Equal(registrable, RegistrableHost.Of(host));

    [Fact]
    public void A_burst_passes_at_once_and_the_rest_at_the_rate()
    {
        var turns = new HostTurns(new FakeTimeProvider());

        var waits = Enumerable.Range(0, 6).Select(_ => turns.Take("a", Options, Patience)).ToList();

        Assert.Equal([0, 0, 0, 1, 2, 3], waits.Select(turn => turn.Wait.TotalSeconds));
        Assert.Equal([true, true, true, true, true, false], waits.Select(turn => turn.Taken));
    }

    [Fact]
    public void Turns_come_back_with_time_and_one_host_costs_another_nothing()
    {
        var time = new FakeTimeProvider();
        var turns = new HostTurns(time);
        for (var i = 0; i < 5; i++)
            turns.Take("a", Options, Patience);

        Assert.True(turns.Take("b", Options, Patience) is { Taken: true, Wait.Ticks: 0 });
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.True(turns.Take("a", Options, Patience) is { Taken: true, Wait.Ticks: 0 });
    }

    [Fact]
    public void Pauses_without_a_time_double_up_to_the_limit_and_an_answer_ends_the_row()
    {
        var turns = new HostTurns(new FakeTimeProvider());
        var longest = TimeSpan.FromMinutes(5);

        Assert.Equal([1, 2, 4, 5, 5], Enumerable.Range(0, 5).Select(_ => turns.Pause("a", null, longest).TotalMinutes));
        turns.Answered("a");
        Assert.Equal(1, turns.Pause("a", null, longest).TotalMinutes);
    }
}
