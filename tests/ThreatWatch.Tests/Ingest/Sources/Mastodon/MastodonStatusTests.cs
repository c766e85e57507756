using System.Text.Json;
using ThreatWatch.Ingest.Sources;
using ThreatWatch.Ingest.Sources.Mastodon;

namespace ThreatWatch.Tests.Ingest.Sources.Mastodon;

public sealed class MastodonStatusTests
{
    private static PostItem? Read(string json, bool isNew = false)
    {
        using var document = JsonDocument.Parse(json);
        return MastodonStatus.Read(document.RootElement, isNew);
    }

    [Fact]
    public void A_public_status_is_a_post_with_all_its_words()
    {
        var more = ""","media_attachments":[{"description":"a knife"},{"description":null}],"poll":{"options":[{"title":"Monday"},{"title":"Tuesday"}]},"language":null""";
        var post = Read(SomeStatus.Of(1, "<p>first<br>second</p><p>see <a href=\"https://a.example/long\"><span class=\"invisible\">https://</span><span>a.example/long</span></a> &amp; go</p>", more)
            .Replace("\"spoiler_text\":\"\"", "\"spoiler_text\":\"violence\"", StringComparison.Ordinal))!;
        Assert.Equal("violence\nfirst\nsecond\nsee https://a.example/long & go\na knife\nMonday\nTuesday", post.Text);
        Assert.Equal((SomeStatus.Id(1), "https://masto.example/@kim/1", "kim", SomeStream.Now), (post.ExternalId, post.Url, post.Author, post.PublishedAt));
        Assert.False(post.IsFirst);
    }

    [Theory]
    [InlineData("unlisted")]
    [InlineData("private")]
    [InlineData("direct")]
    [InlineData("something new")]
    public void What_is_not_public_is_no_post(string visibility) => Assert.Null(Read(SomeStatus.Of(1, visibility: visibility)));

    [Fact]
    public void A_boost_is_no_post_of_its_own() =>
        Assert.Null(Read(SomeStatus.Of(1).Replace("\"reblog\":null", "\"reblog\":" + SomeStatus.Of(2), StringComparison.Ordinal)));

    [Theory]
    [InlineData("""[]""")]
    [InlineData("""{}""")]
    [InlineData("""{"id":[],"visibility":"public","account":{"acct":"a"}}""")]
    [InlineData("""{"id":"1","visibility":"public","account":3,"content":"a"}""")]
    [InlineData("""{"id":"1","visibility":"public","account":{"acct":"a"},"content":{},"media_attachments":{},"poll":[]}""")]
    [InlineData("""{"id":"1","visibility":"public","account":{"acct":"a"},"content":"\ud800"}""")]
    public void What_is_no_status_is_no_post(string json) => Assert.Null(Read(json));

    [Fact]
    public void Only_what_the_server_calls_new_and_nobody_edited_is_a_first()
    {
        Assert.True(Read(SomeStatus.Of(1), isNew: true)!.IsFirst);
        Assert.False(Read(SomeStatus.Of(1).Replace("\"edited_at\":null", "\"edited_at\":\"2026-11-02T08:01:00Z\"", StringComparison.Ordinal), isNew: true)!.IsFirst);
    }

    [Fact]
    public void Ids_sort_by_length_and_go_back_by_time()
    {
        Assert.True(MastodonId.Compare("9", "10") < 0);
        Assert.True(MastodonId.Compare(SomeStatus.Id(2), SomeStatus.Id(1)) > 0);
        Assert.Equal(((1_793_606_400_000L - 60_000) << 16).ToString(System.Globalization.CultureInfo.InvariantCulture), MastodonId.Rewind(SomeStatus.Id(0), TimeSpan.FromMinutes(1)));
        Assert.Equal("4711", MastodonId.Rewind("4711", TimeSpan.FromMinutes(1)));
        Assert.Equal("01HXYZ", MastodonId.Rewind("01HXYZ", TimeSpan.FromMinutes(1)));
    }

    [Fact]
    public void Recorded_statuses_are_posts_where_they_are_public_and_nothing_else()
    {
        var (posts, others) = (0, 0);
        foreach (var line in File.ReadLines(SharedData.File("social/mastodon_statuses.jsonl")))
        {
            using var document = JsonDocument.Parse(line);
            var status = document.RootElement.GetProperty("status");
            var visibility = status.GetProperty("visibility").GetString();
            var post = MastodonStatus.Read(status);
            if (post is null)
            {
                others++;
                continue;
            }

            posts++;
            Assert.Equal("public", visibility);
            Assert.False(status.TryGetProperty("reblog", out var reblog) && reblog.ValueKind == JsonValueKind.Object);
            Assert.DoesNotContain("</", post.Text, StringComparison.Ordinal);
            Assert.NotNull(post.PublishedAt);
            if (status.GetProperty("spoiler_text").GetString() is { Length: > 0 } spoiler)
                Assert.Contains(spoiler.Trim(), post.Text, StringComparison.Ordinal);
        }

        Assert.True(posts > 100, $"{posts} posts, {others} others");
    }
}
