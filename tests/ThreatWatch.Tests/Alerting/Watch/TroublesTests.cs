using ThreatWatch.Alerting.Watch;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Tests.Alerting.Watch;

public sealed class TroublesTests
{
    private static readonly DateTimeOffset Now = AlertingHouse.Start;
    private static readonly ChainFacts Well = new(
        new Dictionary<string, DateTimeOffset> { ["ingest"] = Now.AddSeconds(-9), ["classifier"] = Now.AddSeconds(-9), ["alerting"] = Now }, [], [], null, null, null, null, []);

    [Fact]
    public void A_chain_in_which_nothing_waits_is_well() => Assert.Empty(Keys(Well));

    [Fact]
    public void A_role_without_a_beat_is_heard_of_and_one_that_never_ran_too() =>
        Assert.Equal(["role:classifier", "role:console", "role:ingest"], Keys(Well with
        {
            Beats = new Dictionary<string, DateTimeOffset> { ["ingest"] = Now.AddMinutes(-2), ["console"] = Now.AddDays(-1), ["alerting"] = Now },
        }));

    [Fact]
    public void After_a_stop_of_the_whole_roles_have_time_to_come_up() =>
        Assert.Empty(Troubles.Now(Well with { Beats = new Dictionary<string, DateTimeOffset>() }, new WatchOptions(), Now.AddSeconds(-119), Now));

    [Theory]
    [InlineData(299, "")]
    [InlineData(300, "queue:post.ingested,unjudged,steps")]
    public void What_waits_between_the_roles_counts_after_its_time(int seconds, string keys)
    {
        var since = Now.AddSeconds(-seconds);
        var facts = Well with { Messages = [new("post.ingested", 3, since)], Unjudged = new("posts", 3, since), Steps = new("steps", 1, since) };
        Assert.Equal(keys, string.Join(',', Keys(facts)));
    }

    [Theory]
    [InlineData(179, "")]
    [InlineData(180, "unsent:Sms,untold")]
    public void What_people_should_have_counts_sooner(int seconds, string keys)
    {
        var since = Now.AddSeconds(-seconds);
        Assert.Equal(keys, string.Join(',', Keys(Well with { Unsent = [new("Sms", 3, since)], Untold = new("alerts", 1, since) })));
    }

    [Fact]
    public void A_dead_letter_counts_at_once_and_says_how_many() =>
        Assert.Equal("2 dead letters: threatwatch deadletters list", Assert.Single(Find(Well with { DeadLetters = new("dead", 2, Now) })).What);

    [Theory]
    [InlineData(59, 0, false)]
    [InlineData(60, 0, true)]
    [InlineData(6000, 27, false)]
    public void A_source_that_fails_counts_after_an_hour_unless_nobody_reads_it_any_more(int failingMinutes, int readHoursAgo, bool counts)
    {
        var state = new SourceState("town-feed", Now.AddHours(-readHoursAgo), null, Now.AddMinutes(-failingMinutes), 9, "answers 500");
        Assert.Equal(counts ? ["source:town-feed"] : [], Keys(Well with { Sources = [state] }));
    }

    [Fact]
    public void A_source_that_answers_and_has_gone_quiet_is_told_once_and_neither_reminded_of_nor_urgent()
    {
        var state = new SourceState("town-feed", Now, Now, null, 0, null) { WatchedSinceAt = Now.AddDays(-9), LastNewAt = Now.AddHours(-20), QuietAfter = TimeSpan.FromHours(18) };
        var trouble = Assert.Single(Find(Well with { Sources = [state] }));
        Assert.Equal(("quiet:town-feed", true, Now.AddHours(-20)), (trouble.Key, trouble.IsToldOnce, trouble.SinceAt));
        Assert.Contains("unusual after 18 h", trouble.What, StringComparison.Ordinal);
        var told = new KnownTrouble(trouble.Key, "", Now, Now, Now.AddDays(-9), 1, null);
        Assert.Empty(Tidings.Of([trouble], [told], new WatchOptions(), Now).Reminders);
        Assert.Empty(Tidings.Of([trouble], [told], new WatchOptions(), Now).Fresh);

        Assert.Empty(Find(Well with { Sources = [state with { FailingSince = Now.AddMinutes(-5) }] }));
        Assert.Empty(Find(Well with { Sources = [state with { WatchedSinceAt = Now.AddHours(-17) }] }));
    }

    [Fact]
    public void A_trouble_is_told_once_then_after_the_interval_and_cleared_once_it_stays_away()
    {
        var options = new WatchOptions();
        var trouble = new Trouble("unjudged", "3 posts not judged", Now);
        KnownTrouble Row(double toldHoursAgo, double seenMinutesAgo) =>
            new("unjudged", "", Now, Now.AddMinutes(-seenMinutesAgo), Now.AddHours(-toldHoursAgo), 1, null);

        Assert.Equal([trouble], Tidings.Of([trouble], [], options, Now).Fresh);
        Assert.Empty(Tidings.Of([trouble], [Row(3.9, 0)], options, Now).Reminders);
        Assert.Single(Tidings.Of([trouble], [Row(4, 0)], options, Now).Reminders);
        Assert.Empty(Tidings.Of([], [Row(1, 1.9)], options, Now).Cleared);
        Assert.Single(Tidings.Of([], [Row(1, 2)], options, Now).Cleared);
        Assert.Single(Tidings.Of([], [Row(1, 2) with { ToldAt = null, Tellings = 0 }], options, Now).Forgotten);
        Assert.Empty(Tidings.Of([trouble], [Row(4, 0) with { TellingUntil = Now.AddSeconds(1) }], options, Now).Reminders);
    }

    private static IEnumerable<string> Keys(ChainFacts facts) => Find(facts).Select(trouble => trouble.Key);

    private static IReadOnlyList<Trouble> Find(ChainFacts facts) => Troubles.Now(facts, new WatchOptions(), Now.AddDays(-1), Now);
}
