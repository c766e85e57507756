using ThreatWatch.Console.Sources;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Tests.Console;

public sealed class SourcesPageTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 14, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Nothing_is_said_where_all_is_well() => Assert.Equal("", SourcesPage.Notice([Source("news")], States(Well("news")), Now));

    [Fact]
    public void What_needs_somebody_is_named_by_kind()
    {
        var notice = SourcesPage.Notice(
            [Source("down"), Source("still <b>"), Source("old") with { ReviewDueOn = new DateOnly(2026, 11, 23) }],
            States(
                Well("down") with { FailingSince = Now.AddHours(-2), Why = "HTTP 500" },
                Well("still <b>") with { LastNewAt = Now.AddDays(-2), WatchedSinceAt = Now.AddDays(-9), QuietAfter = TimeSpan.FromDays(1) }),
            Now);
        Assert.Contains("can't be read: down; gone quiet: still &lt;b&gt;; permission due for a review: old.", notice, StringComparison.Ordinal);
    }

    private static RegisteredSource Source(string id) =>
        new(id, id, "Feed", "news.example", "published for machines", "terms of 2026", new DateOnly(2026, 1, 1), new DateOnly(2027, 1, 1), 30);

    private static SourceState Well(string id) => new(id, Now, Now, null, 0, null);

    private static Dictionary<string, SourceState> States(params SourceState[] states) => states.ToDictionary(state => state.SourceId);
}
