using ThreatWatch.Platform.Hosting;

namespace ThreatWatch.Tests.Ingest.Sources;

public sealed class SourceValidatorTests
{
    private static string[] Problems(string source)
    {
        var (_, problems) = SettingsSnapshot.Parse("/etc/threatwatch.json", $$"""
            {
              "district": { "name": "Made up", "desk": "d", "schools": [{ "id": "cedar", "name": "Cedar", "officers": ["d"] }], "officers": [{ "id": "d", "name": "Desk", "email": "d@made.example" }] },
              "sources": [ {{source}} ]
            }
            """, TemporaryIntake.Sections);
        return [.. problems.Select(problem => problem.ToString())];
    }

    private const string Permission = "\"legalBasis\": \"consent\", \"permission\": \"letter 7\", \"reviewedOn\": \"2026-09-01\"";

    [Fact]
    public void A_complete_source_has_no_problem() =>
        Assert.Empty(Problems($$"""{ "id": "news", "url": "https://news.example/feed", "schools": ["cedar"], "every": "2m", "retentionDays": 60, {{Permission}} }"""));

    [Fact]
    public void Everything_that_is_wrong_is_listed_with_its_path()
    {
        var problems = Problems("""{ "id": "News!", "type": "push", "schools": ["maple"], "every": "0.1s", "retentionDays": 0 }""");
        foreach (var key in new[] { "id", "secret", "schools[0]", "every", "retentionDays", "legalBasis", "permission", "reviewedOn" })
            Assert.Contains(problems, problem => problem.StartsWith($"sources[0].{key}:", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("https://x.com/someone")]
    [InlineData("https://api.twitter.com/2/tweets")]
    [InlineData("https://www.facebook.com/feed")]
    [InlineData("https://INSTAGRAM.com./a")]
    [InlineData("https://graph.threads.net/v1")]
    [InlineData("https://t.me/s/channel")]
    [InlineData("https://www.reddit.com/r/all.rss")]
    public void Hosts_whose_terms_forbid_it_are_refused(string url) =>
        Assert.Single(Problems($$"""{ "id": "bad", "url": "{{url}}", {{Permission}} }"""), problem => problem.StartsWith("sources[0].url:", StringComparison.Ordinal));

    [Theory]
    [InlineData("https://notx.com/feed")]
    [InlineData("https://x.com.example.org/feed")]
    [InlineData("https://box.com/feed")]
    public void A_host_that_only_looks_like_a_refused_one_is_not(string url) =>
        Assert.Empty(Problems($$"""{ "id": "fine", "url": "{{url}}", {{Permission}} }"""));

    [Fact]
    public void Reddit_needs_the_reference_of_an_approval() =>
        Assert.Empty(Problems($$"""{ "id": "r", "url": "https://www.reddit.com/r/all.rss", "approval": "RB-1234", {{Permission}} }"""));

    [Fact]
    public void An_id_that_stands_twice_is_a_problem() =>
        Assert.Contains(
            Problems($$"""{ "id": "a", "type": "ndjson", "path": "a", {{Permission}} }, { "id": "a", "type": "ndjson", "path": "b", {{Permission}} }"""),
            problem => problem.StartsWith("sources[1].id:", StringComparison.Ordinal));

    [Theory]
    [InlineData("""{ "type": "jetstream", "url": "wss://jetstream2.us-east.bsky.network", "only": ["did:plc:aaaabbbbccccddddeeeeffff"] """, null)]
    [InlineData("""{ "type": "jetstream", "url": "wss://jetstream2.us-east.bsky.network", "only": ["someone.bsky.social"] """, "only[0]")]
    [InlineData("""{ "type": "telegram", "token": "1:a", "only": ["@cedar_news", "-100123"] """, null)]
    [InlineData("""{ "type": "telegram", "token": "1:a" """, "only")]
    [InlineData("""{ "type": "telegram", "token": "1:a", "only": ["cedar news"] """, "only[0]")]
    [InlineData("""{ "type": "telegram", "token": "1:a", "only": ["@cedar"], "retentionDays": 90 """, "retentionDays")]
    [InlineData("""{ "type": "discourse", "url": "https://forum.example", "only": ["5"] """, null)]
    [InlineData("""{ "type": "discourse", "url": "https://forum.example", "hashtags": ["cedar"] """, "hashtags")]
    [InlineData("""{ "type": "lemmy", "url": "https://lemmy.example", "only": ["a/b"] """, "only[0]")]
    [InlineData("""{ "type": "mastodon", "url": "https://masto.example", "hashtags": ["#cedar"] """, "hashtags[0]")]
    [InlineData("""{ "url": "https://news.example/feed", "only": ["5"] """, "only")]
    public void Filters_of_networks_are_checked(string source, string? key)
    {
        var problems = Problems($$"""{{source}}, "id": "net", {{Permission}} }""");
        if (key is null)
            Assert.Empty(problems);
        else
            Assert.StartsWith($"sources[0].{key}:", Assert.Single(problems), StringComparison.Ordinal);
    }

    [Fact]
    public void A_review_is_overdue_the_day_after_its_term()
    {
        var source = SomeSource.Open with { ReviewedOn = new DateOnly(2026, 1, 1), ReviewEvery = TimeSpan.FromDays(31) };
        Assert.False(source.IsReviewOverdue(new DateTimeOffset(2026, 2, 1, 23, 0, 0, TimeSpan.Zero)));
        Assert.True(source.IsReviewOverdue(new DateTimeOffset(2026, 2, 2, 0, 0, 0, TimeSpan.Zero)));
    }
}
