using System.Text;
using System.Text.Json;
using ThreatWatch.Ingest.Sources;
using ThreatWatch.Ingest.Sources.Jetstream;

namespace ThreatWatch.Tests.Ingest.Sources.Jetstream;

public sealed class JetstreamEventTests
{
    private const string Id = $"at://{SomeEvent.Did}/app.bsky.feed.post/k1";

    private static JetstreamEvent Read(string json)
    {
        Assert.True(JetstreamEvent.TryRead(Encoding.UTF8.GetBytes(json), out var parsed, out var error), error);
        return parsed;
    }

    private static string? Text(string more, string text = "look") => (Read(SomeEvent.Post(text, more: more)).Item as PostItem)?.Text;

    [Fact]
    public void A_create_is_a_post_at_the_instant_when_the_network_saw_it()
    {
        var read = Read(SomeEvent.Post("Hello \"there\" \u00e9 \ud83d\ude00"));
        Assert.Equal(
            new PostItem(
                Id, "Hello \"there\" \u00e9 \ud83d\ude00", null, $"https://bsky.app/profile/{SomeEvent.Did}/post/k1", SomeEvent.Did, SomeStream.Now, IsFirst: true),
            read.Item);
        Assert.Equal(SomeEvent.Us(SomeStream.Now), read.TimeUs);
    }

    [Fact]
    public void An_update_is_the_same_post_and_may_not_be_the_first() =>
        Assert.True(Read(SomeEvent.Post("edited", operation: "update")).Item is PostItem { ExternalId: Id, Text: "edited", IsFirst: false });

    [Fact]
    public void A_delete_takes_the_post_back() => Assert.Equal(new DeletedItem(Id), Read(SomeEvent.Deleted("k1")).Item);

    [Theory]
    [InlineData("deleted")]
    [InlineData("takendown")]
    [InlineData("suspended")]
    [InlineData("deactivated")]
    [InlineData(null)]
    public void An_inactive_account_takes_all_its_posts_along(string? status) =>
        Assert.Equal(new AuthorGone(SomeEvent.Did), Read(SomeEvent.Account(false, status)).Item);

    [Theory]
    [InlineData(true, null)]
    [InlineData(false, "throttled")]
    [InlineData(false, "desynchronized")]
    public void A_host_in_trouble_takes_nothing_back(bool active, string? status) => Assert.Null(Read(SomeEvent.Account(active, status)).Item);

    [Fact]
    public void Words_in_pictures_cards_and_tags_count_as_text()
    {
        Assert.Equal("look\na gun on a desk", Text(""","embed":{"$type":"app.bsky.embed.images","images":[{"alt":"a gun on a desk","image":{"$type":"blob"}},{"alt":""}]}"""));
        Assert.Equal("look\nTitle\nMore", Text(""","embed":{"$type":"app.bsky.embed.external","external":{"uri":"https://a.example","title":"Title","description":"More"}}"""));
        Assert.Equal("Title", Text(""","embed":{"external":{"title":"Title"}}""", text: ""));
        Assert.Equal("look\na film", Text(""","embed":{"$type":"app.bsky.embed.recordWithMedia","media":{"$type":"app.bsky.embed.video","alt":"a film"},"record":{"record":{"cid":"c","uri":"at://x"}}}"""));
        Assert.Equal("look\n#cedarridge", Text(""","tags":["cedarridge"]"""));
    }

    [Fact]
    public void A_label_against_people_who_are_not_logged_in_is_honoured()
    {
        Assert.Null(Text(""","labels":{"$type":"com.atproto.label.defs#selfLabels","values":[{"val":"!no-unauthenticated"}]}"""));
        Assert.Equal("look", Text(""","labels":{"$type":"com.atproto.label.defs#selfLabels","values":[{"val":"graphic-media"}]}"""));
        var profile = Read(SomeEvent.Commit("update", "app.bsky.actor.profile", "self", null, SomeEvent.Did, """{"displayName":"A","labels":{"values":[{"val":"!no-unauthenticated"}]}}"""));
        Assert.Equal(new AuthorGone(SomeEvent.Did), profile.Item);
        Assert.Equal(SomeEvent.Did, profile.OptedOut);
    }

    [Fact]
    public void The_order_of_keys_does_not_matter()
    {
        var read = Read("""{"commit":{"record":{"text":"late"},"rkey":"k1","collection":"app.bsky.feed.post","operation":"create"},"kind":"commit","time_us":1730534400000000,"did":"did:plc:z","cursor":5}""");
        Assert.True(read.Item is PostItem { Text: "late", Author: "did:plc:z" });
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("""{"did":"a","time_us":"x","kind":"commit"}""")]
    [InlineData("""{"time_us":1,"kind":"commit","commit":{}}""")]
    [InlineData("""{"did":3,"time_us":1,"kind":"account","account":{"active":false}}""")]
    public void What_is_no_event_is_a_value(string json)
    {
        Assert.False(JetstreamEvent.TryRead(Encoding.UTF8.GetBytes(json), out _, out var error));
        Assert.NotNull(error);
    }

    [Fact]
    public void An_event_cut_anywhere_or_with_any_value_swapped_never_throws()
    {
        var whole = Encoding.UTF8.GetBytes(SomeEvent.Post("a \u00e9", more: ""","embed":{"external":{"title":"t"}},"labels":{"values":[{"val":"x"}]},"tags":["a"]"""));
        for (var length = 0; length < whole.Length; length++)
            Assert.False(JetstreamEvent.TryRead(whole.AsSpan(0, length), out _, out _));
        var text = Encoding.UTF8.GetString(whole);
        foreach (var at in Enumerable.Range(0, text.Length).Where(i => text[i] == ':' && text[i - 1] == '"'))
        {
            foreach (var value in new[] { "null", "7", "[]", "{}", "true", "\"\\ud800\"" })
                _ = JetstreamEvent.TryRead(Encoding.UTF8.GetBytes(text[..(at + 1)] + value + "," + text[(at + 1)..]), out _, out _);
        }

        var noise = new Random(7);
        for (var i = 0; i < 3000; i++)
        {
            var changed = whole.ToArray();
            changed[noise.Next(changed.Length)] = (byte)noise.Next(256);
            _ = JetstreamEvent.TryRead(changed, out _, out _);
        }
    }

    [Fact]
    public void Recorded_events_are_read_as_they_are()
    {
        var posts = 0;
        foreach (var line in File.ReadLines(SharedData.File("social/jetstream_v1.jsonl")))
        {
            var read = Read(line);
            using var document = JsonDocument.Parse(line);
            Assert.Equal(document.RootElement.GetProperty("time_us").GetInt64(), read.TimeUs);
            var isPost = document.RootElement.TryGetProperty("commit", out var commit) && commit.GetProperty("collection").GetString() == "app.bsky.feed.post";
            if (!isPost || commit.GetProperty("operation").GetString() == "delete")
            {
                Assert.True(read.Item is null || (isPost && read.Item is DeletedItem));
                continue;
            }

            var text = commit.GetProperty("record").GetProperty("text").GetString()!;
            if (read.Item is PostItem post)
                Assert.StartsWith(text, post.Text, StringComparison.Ordinal);
            else
                Assert.Empty(text);
            posts++;
        }

        Assert.Equal(18, posts);
    }
}
