using System.Globalization;
using System.Text.RegularExpressions;
using ThreatWatch.Ingest.Sources;
using ThreatWatch.Ingest.Sources.Discourse;
using ThreatWatch.Platform.Storage;
using ThreatWatch.Tests.Wire;

namespace ThreatWatch.Tests.Ingest.Sources.Discourse;

public sealed partial class DiscourseReaderTests
{
    private static string Post(long id, string more = "", string cooked = "<p>hello</p>") =>
        $$"""{"id":{{id}},"topic_id":3,"topic_slug":"lunch","topic_title":"Lunch at Cedar Ridge","post_number":{{(id == 1 ? 1 : 2)}},"category_id":5,"created_at":"2026-11-02T07:00:00.000Z","updated_at":"2026-11-02T07:00:00.000Z","username":"kim","cooked":{{Json.Write(cooked)}}{{more}}}""";

    private static WireReply Page(IEnumerable<string> posts) => WireReply.Ok($$"""{"latest_posts":[{{string.Join(',', posts)}}]}""");

    /// <summary>A forum that lists of its posts those up to an id, fifty at most, newest first.</summary>
    private static WireReply Serve(WireRequest request, IEnumerable<long> ids)
    {
        var before = Before().Match(request.Path) is { Success: true } match ? long.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) : long.MaxValue;
        return Page(ids.Where(id => id <= before).OrderDescending().Take(50).Select(id => Post(id)));
    }

    private static DiscourseReader Reader(ScriptedServer server, string[]? only = null, params string[] known) => new(
        SomeStream.Of(SourceType.Discourse, server.Url()) with { Only = only ?? [] },
        SomeStream.Fetcher(SomeStream.Clock()),
        _ => Task.FromResult<IReadOnlyList<string>>(known));

    private static async Task<SourceBatch> Read(DiscourseReader reader, string? cursor = null) =>
        Assert.IsType<SourceBatch>(await reader.ReadAsync(cursor, CancellationToken.None));

    private static async Task<SourceItem> One(string post, params string[] only)
    {
        await using var server = new ScriptedServer(Page([post]));
        return Assert.Single((await Read(Reader(server, only))).Items);
    }

    [Fact]
    public async Task A_post_is_its_text_without_markup_and_the_first_has_the_title_of_the_topic()
    {
        Assert.Equal(
            new PostItem("1", "one\ntwo & three", "Lunch at Cedar Ridge", "{}", "kim", SomeStream.Now.AddHours(-1)),
            (PostItem)await One(Post(1, cooked: "<p>one</p><p>two &amp; <b>three</b></p><script>no</script>")) with { Url = "{}" });
        var reply = (PostItem)await One(Post(7));
        Assert.Null(reply.Title);
        Assert.EndsWith("/t/lunch/3/2", reply.Url, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(""","hidden":true""")]
    [InlineData(""","user_deleted":true""")]
    [InlineData(""","deleted_at":"2026-11-02T07:30:00Z" """)]
    public async Task What_was_hidden_or_deleted_is_taken_back(string more) => Assert.Equal(new DeletedItem("7"), await One(Post(7, more)));

    [Fact]
    public async Task Only_the_categories_that_were_listed_are_read()
    {
        await using var server = new ScriptedServer(Page([Post(7), Post(6, ""","category_id":9""")]));
        Assert.Equal("6", ((PostItem)Assert.Single((await Read(Reader(server, ["9"]))).Items)).ExternalId);
    }

    [Fact]
    public async Task It_pages_back_to_what_was_read_and_gives_the_oldest_first()
    {
        await using var server = new ScriptedServer(request => Serve(request, Enumerable.Range(1, 400).Select(id => (long)id)));
        var batch = await Read(Reader(server), "230");
        Assert.Equal(("400", null), (batch.NextCursor, batch.Notes));
        var ids = batch.Items.Select(item => long.Parse(((PostItem)item).ExternalId, CultureInfo.InvariantCulture)).ToList();
        Assert.Equal(ids.Order(), ids);
        Assert.True(ids[0] <= 231);
        Assert.Equal(4, server.Requests.Count);
        Assert.Equal(50, (await Read(Reader(server))).Items.Count);
    }

    [Fact]
    public async Task A_stretch_of_private_posts_is_stepped_over()
    {
        // Older versions look at fifty ids at a time, of which none may be public.
        await using var server = new ScriptedServer(request =>
        {
            var before = Before().Match(request.Path) is { Success: true } match ? long.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) : 400;
            return Page(new long[] { 400, 399, 101, 100 }.Where(id => id <= before && id > before - 50).Select(id => Post(id)));
        });
        Assert.Equal(["100", "101", "399", "400"], (await Read(Reader(server), "100")).Items.Select(item => ((PostItem)item).ExternalId));
    }

    [Fact]
    public async Task Too_many_to_be_read_is_a_gap()
    {
        await using var server = new ScriptedServer(request => Serve(request, Enumerable.Range(1, 5000).Select(id => (long)id)));
        var batch = await Read(Reader(server), "5");
        Assert.Equal((1000, "5000"), (batch.Items.Count, batch.NextCursor));
        Assert.Equal(SourceNoteKind.Gap, Assert.Single(batch.Notes!).Kind);
    }

    [Fact]
    public async Task A_post_that_vanished_from_the_list_is_taken_back()
    {
        await using var server = new ScriptedServer(Page([Post(9), Post(7), Post(6)]));
        var batch = await Read(Reader(server, null, "5", "6", "8", "10"), "9");
        Assert.Equal("8", Assert.Single(batch.Items.OfType<DeletedItem>()).ExternalId);
    }

    [Fact]
    public async Task What_the_forum_does_wrong_is_a_value()
    {
        foreach (var (reply, why) in new[]
        {
            (WireReply.Of(403), "no public list"), (WireReply.Of(502), "502"), (WireReply.Ok("{\"latest_posts\":[{\"id\":"), "not JSON"), (WireReply.Ok("[]"), "latest_posts"),
        })
        {
            await using var server = new ScriptedServer(reply);
            Assert.Contains(why, Assert.IsType<ReadFailed>(await Reader(server).ReadAsync("5", CancellationToken.None)).Why, StringComparison.Ordinal);
        }

        await using var busy = new ScriptedServer(WireReply.Of(429, null, "Retry-After: 33"));
        Assert.Equal(TimeSpan.FromSeconds(33), Assert.IsType<ReadFailed>(await Reader(busy).ReadAsync("5", CancellationToken.None)).After);
        await using var odd = new ScriptedServer(Page(["7", "null", "{}", """{"id":"x"}""", """{"id":4,"cooked":{}}""", Post(8)]));
        Assert.Equal("8", ((PostItem)Assert.Single((await Read(Reader(odd))).Items)).ExternalId);
    }

    [GeneratedRegex("before=(\\d+)")]
    private static partial Regex Before();
}
