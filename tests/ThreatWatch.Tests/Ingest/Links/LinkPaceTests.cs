using ThreatWatch.Ingest.Fetching;
using ThreatWatch.Ingest.Links;
using ThreatWatch.Ingest.Sources;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Tests.Ingest.Links;

public sealed class LinkPaceTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 14, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("https://town.example/1", SourceType.Feed, true)]
    [InlineData("https://town.example/1", SourceType.Push, true)]
    [InlineData("https://x.com/someone/status/1", SourceType.Push, false)]
    [InlineData("https://www.reddit.com/r/1", SourceType.Push, false)]
    [InlineData("https://t.me/channel/1", SourceType.Telegram, false)]
    [InlineData("https://bsky.app/profile/did/post/1", SourceType.Jetstream, false)]
    [InlineData("javascript:alert(1)", SourceType.Feed, false)]
    [InlineData("/relative", SourceType.Feed, false)]
    [InlineData("file:///etc/passwd", SourceType.Feed, false)]
    public void Sites_are_asked_that_may_be_asked(string url, SourceType type, bool asked) =>
        Assert.Equal(asked, LinkPace.AddressOf(Link() with { Url = url }, [SomeSource.Open with { Type = type }]) is not null);

    [Fact]
    public void Only_the_host_of_a_source_in_the_house_may_be_in_the_house()
    {
        var source = SomeSource.Open with { Url = new Uri("http://forum.district.internal/feed"), AllowPrivateAddress = true };
        Assert.True(LinkPace.AddressOf(Link() with { Url = "http://forum.district.internal/1" }, [source])!.Value.AllowPrivateAddress);
        Assert.False(LinkPace.AddressOf(Link() with { Url = "http://printer.district.internal/1" }, [source])!.Value.AllowPrivateAddress);
    }

    [Fact]
    public void A_post_is_looked_at_once_and_again_before_the_next_step()
    {
        Assert.True(LinkPace.IsDue(Link(), Now));
        var looked = Link() with { LookedAt = Now, NextStepAt = Now.AddMinutes(5) };
        Assert.False(LinkPace.IsDue(looked, Now.AddMinutes(3)));
        Assert.True(LinkPace.IsDue(looked, Now.AddMinutes(5).AddSeconds(-100)));
        Assert.False(LinkPace.IsDue(looked with { LookedAt = Now.AddMinutes(5).AddSeconds(-90) }, Now.AddMinutes(5).AddSeconds(-10)));
    }

    [Fact]
    public void What_was_missing_once_is_looked_at_again_half_a_minute_later()
    {
        var missing = LinkPace.After(Link() with { LookedAt = Now, NextStepAt = Now.AddMinutes(5) }, LinkState.Gone, Now);
        Assert.Null(missing.GoneAt);
        Assert.False(LinkPace.IsDue(missing, Now.AddSeconds(20)));
        Assert.True(LinkPace.IsDue(missing, Now.AddSeconds(30)));
    }

    [Fact]
    public void Once_somebody_has_it_an_hour_passes_between_two_looks()
    {
        var taken = Link() with { LookedAt = Now };
        Assert.False(LinkPace.IsDue(taken, Now.AddMinutes(59)));
        Assert.True(LinkPace.IsDue(taken, Now.AddMinutes(60)));
    }

    [Fact]
    public void Gone_counts_from_the_first_of_two_misses_and_ends_with_a_sighting()
    {
        var first = LinkPace.After(Link(), LinkState.Gone, Now);
        var unsure = LinkPace.After(first, LinkState.Unknown, Now.AddSeconds(30));
        Assert.Equal(first, unsure);
        var gone = LinkPace.After(unsure, LinkState.Gone, Now.AddSeconds(60));
        Assert.Equal((Now, Now.AddSeconds(60)), (gone.MissingSinceAt!.Value, gone.GoneAt!.Value));
        Assert.Equal((null, null, 0), (LinkPace.After(gone, LinkState.There, Now).MissingSinceAt, LinkPace.After(gone, LinkState.There, Now).GoneAt, LinkPace.After(gone, LinkState.There, Now).Misses));
        Assert.Equal(0, LinkPace.After(first, LinkState.There, Now).Misses);
    }

    private static PostLink Link() => new("post1", "K7Q2-M9DX", SomeSource.Open.Id, "https://town.example/1", null, null, null, 0, null);
}
