using ThreatWatch.Ingest.Polling;
using ThreatWatch.Ingest.Sources.Feeds;

namespace ThreatWatch.Tests.Ingest.Polling;

public sealed class FeedPaceTests
{
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);
    private static readonly DateTimeOffset MondayNoon = new(2026, 11, 2, 12, 30, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(null, null, null, 5)]
    [InlineData(15, null, null, 15)]
    [InlineData(15, 1800, null, 30)]
    [InlineData(1, 0, null, 5)]
    [InlineData(null, 31536000, null, 60)]
    [InlineData(525600, null, null, 60)]
    [InlineData(null, null, 30 * 24 * 60, 60)]
    public void The_longest_wish_counts_between_the_interval_and_the_limit(int? ttlMinutes, int? maxAgeSeconds, int? updateMinutes, int minutes)
    {
        var schedule = new FeedSchedule { TtlMinutes = ttlMinutes, UpdateEvery = updateMinutes is { } every ? TimeSpan.FromMinutes(every) : null };

        Assert.Equal(minutes, FeedPace.Next(Every, schedule, maxAgeSeconds is { } age ? TimeSpan.FromSeconds(age) : null, Longest, MondayNoon).TotalMinutes);
    }

    [Fact]
    public void Skipped_hours_are_waited_for_as_far_as_the_limit_allows()
    {
        Assert.Equal(30, FeedPace.Next(Every, new FeedSchedule { SkipHours = [12] }, null, Longest, MondayNoon).TotalMinutes);
        Assert.Equal(60, FeedPace.Next(Every, new FeedSchedule { SkipHours = [.. Enumerable.Range(0, 24)] }, null, Longest, MondayNoon).TotalMinutes);
    }

    [Fact]
    public void A_feed_that_skips_every_day_is_read_all_the_same() =>
        Assert.Equal(60, FeedPace.Next(Every, new FeedSchedule { SkipDays = [.. Enum.GetValues<DayOfWeek>()] }, null, Longest, MondayNoon).TotalMinutes);

    [Fact]
    public void An_interval_over_the_limit_stays_what_the_operator_wrote() =>
        Assert.Equal(6, FeedPace.Next(TimeSpan.FromHours(6), new FeedSchedule { TtlMinutes = 100000 }, null, Longest, MondayNoon).TotalHours);

    [Fact]
    public void Five_sightings_over_a_day_move_a_source_and_nothing_less()
    {
        var to = new Uri("https://new.example/feed");
        var often = Enumerable.Range(0, 50).Aggregate((Sighting?)null, (last, i) => Sighting.Next(last, to, MondayNoon.AddMinutes(i)))!;
        var seldom = Enumerable.Range(0, 4).Aggregate((Sighting?)null, (last, i) => Sighting.Next(last, to, MondayNoon.AddHours(i * 12)))!;

        Assert.False(often.HasSettled(MondayNoon.AddMinutes(50)));
        Assert.False(seldom.HasSettled(MondayNoon.AddHours(48)));
        Assert.True(Sighting.Next(seldom, to, MondayNoon.AddHours(48))!.HasSettled(MondayNoon.AddHours(48)));
        Assert.Equal(1, Sighting.Next(often, new Uri("https://other.example/"), MondayNoon.AddDays(2))!.Times);
        Assert.Null(Sighting.Next(often, null, MondayNoon.AddDays(2)));
    }
}
