using ThreatWatch.Ingest.Polling;

namespace ThreatWatch.Tests.Ingest.Polling;

public sealed class PollPaceTests
{
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(5);

    [Fact]
    public void A_source_is_read_at_its_interval_unless_it_asks_for_longer()
    {
        Assert.Equal(Every, PollPace.AfterSuccess(Every, null, true));
        Assert.Equal(Every, PollPace.AfterSuccess(Every, TimeSpan.FromSeconds(5), true));
        Assert.Equal(TimeSpan.FromHours(2), PollPace.AfterSuccess(Every, TimeSpan.FromHours(2), true));
    }

    [Fact]
    public void No_header_can_silence_a_source_for_more_than_a_day() =>
        Assert.Equal(PollPace.Longest, PollPace.AfterSuccess(Every, TimeSpan.FromDays(365), true));

    [Fact]
    public void More_waiting_is_read_at_once_but_believed_only_of_a_read_that_brought_something()
    {
        Assert.Equal(TimeSpan.Zero, PollPace.AfterSuccess(Every, TimeSpan.Zero, true));
        Assert.Equal(Every, PollPace.AfterSuccess(Every, TimeSpan.Zero, false));
    }

    [Fact]
    public void Pauses_grow_with_failures_to_an_hour_and_never_end()
    {
        var pauses = Enumerable.Range(1, 40).Select(failures => PollPace.AfterFailure(Every, failures, null, 0.5)).ToList();
        Assert.Equal(TimeSpan.FromSeconds(30), pauses[0]);
        Assert.Equal(TimeSpan.FromSeconds(60), pauses[1]);
        Assert.All(pauses.Zip(pauses.Skip(1)), pair => Assert.True(pair.First <= pair.Second));
        Assert.Equal(TimeSpan.FromHours(1), pauses[^1]);
    }

    [Fact]
    public void Sources_that_fail_together_come_back_apart()
    {
        Assert.Equal(TimeSpan.FromSeconds(24), PollPace.AfterFailure(Every, 1, null, 0));
        Assert.Equal(TimeSpan.FromSeconds(36), PollPace.AfterFailure(Every, 1, null, 1));
    }

    [Fact]
    public void Retry_after_is_kept_up_to_a_day()
    {
        Assert.Equal(TimeSpan.FromHours(3), PollPace.AfterFailure(Every, 1, TimeSpan.FromHours(3), 0.5));
        Assert.Equal(PollPace.Longest, PollPace.AfterFailure(Every, 1, TimeSpan.FromDays(30), 0.5));
    }

    [Fact]
    public void Thousands_begin_spread_over_their_interval_and_never_many_in_a_second()
    {
        var starts = Enumerable.Range(0, 10_000).Select(i => PollPace.First(i, 10_000, TimeSpan.FromMinutes(5), i % 10 / 10.0)).ToList();
        Assert.InRange(starts.Max(), TimeSpan.FromMinutes(4.9), TimeSpan.FromMinutes(5));
        Assert.InRange(starts.Skip(50).GroupBy(start => (int)start.TotalSeconds).Max(second => second.Count()), 30, 36);
    }

    [Fact]
    public void A_small_district_and_a_source_that_is_added_begin_at_once()
    {
        Assert.All(Enumerable.Range(0, 50), i => Assert.Equal(TimeSpan.Zero, PollPace.First(i, 50, TimeSpan.FromHours(1), 0.5)));
        Assert.Equal(TimeSpan.Zero, PollPace.First(0, 1, TimeSpan.FromHours(1), 0.5));
    }

    [Fact]
    public void A_few_hundred_with_a_long_interval_do_not_wait_for_its_end() =>
        Assert.InRange(PollPace.First(299, 300, TimeSpan.FromHours(1), 1), TimeSpan.FromSeconds(12), TimeSpan.FromSeconds(13));
}
