using ThreatWatch.Ingest.Sources;
using ThreatWatch.Ingest.Sources.Lemmy;
using ThreatWatch.Tests.Wire;

namespace ThreatWatch.Tests.Ingest.Sources.Lemmy;

public sealed class LemmyReaderTests
{
    private static string Post(int id, string more = "", string community = """{"name":"school","visibility":"public"}""") =>
        $$"""{"post":{"id":{{id}},"name":"Title {{id}}","body":"body *{{id}}*","ap_id":"https://lemmy.example/post/{{id}}","published_at":"2026-11-02T08:00:00Z"{{more}} },"creator":{"name":"kim"},"community":{{community}} }""";

    private static string Comment(int id) =>
        $$"""{"comment":{"id":{{id}},"content":"answer {{id}}","ap_id":"https://lemmy.example/comment/{{id}}","published":"2026-11-02T08:00:00Z"},"post":{"id":1},"creator":{"name":"lee"},"community":{"name":"school","visibility":"Public"} }""";

    private static bool IsComments(WireRequest request) => request.Path.Contains("/comment/", StringComparison.Ordinal);

    private static string Items(params string[] views) => $$"""{"items":[{{string.Join(',', views)}}],"next_page":null,"prev_page":null}""";

    private static LemmyReader Reader(ScriptedServer server, params string[] only) =>
        new(SomeStream.Of(SourceType.Lemmy, server.Url()) with { Only = only, LocalOnly = true }, SomeStream.Fetcher(SomeStream.Clock()));

    private static async Task<SourceBatch> Read(LemmyReader reader, string? cursor = null) =>
        Assert.IsType<SourceBatch>(await reader.ReadAsync(cursor, CancellationToken.None));

    [Fact]
    public async Task Version_4_is_read_posts_and_comments_oldest_first()
    {
        await using var server = new ScriptedServer(request => WireReply.Ok(IsComments(request) ? Items(Comment(9)) : Items(Post(2), Post(1))));
        var batch = await Read(Reader(server));
        Assert.Equal(
            [
                new PostItem("post:1", "body *1*", "Title 1", "https://lemmy.example/post/1", "kim", SomeStream.Now),
                new PostItem("post:2", "body *2*", "Title 2", "https://lemmy.example/post/2", "kim", SomeStream.Now),
                new PostItem("comment:9", "answer 9", null, "https://lemmy.example/comment/9", "lee", SomeStream.Now),
            ],
            batch.Items);
        Assert.Equal("""{"post:":2,"comment:":9}""", batch.NextCursor);
        Assert.Equal("/api/v4/post/list?type_=local&sort=new&limit=50", server.Requests.First().Path);
    }

    [Fact]
    public async Task A_server_of_version_3_is_read_as_well()
    {
        await using var server = new ScriptedServer(request =>
            request.Path.StartsWith("/api/v4", StringComparison.Ordinal) ? WireReply.Of(404)
            : WireReply.Ok(IsComments(request) ? $$"""{"comments":[{{Comment(9)}}]}""" : $$"""{"posts":[{{Post(2)}}],"next_page":"P2"}"""));
        var reader = Reader(server, "school");
        Assert.Equal(2, (await Read(reader)).Items.Count);
        Assert.Contains(server.Requests, request => request.Path == "/api/v3/post/list?type_=Local&sort=New&community_name=school&limit=50");
        await Read(reader);
        Assert.Equal(1, server.Requests.Count(request => request.Path.StartsWith("/api/v4", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task It_pages_back_to_what_was_read()
    {
        await using var server = new ScriptedServer(request => WireReply.Ok(
            IsComments(request) ? Items()
            : request.Path.Contains("page_cursor=two", StringComparison.Ordinal) ? Items(Post(4), Post(3))
            : $$"""{"items":[{{Post(6)}},{{Post(5)}}],"next_page":"two"}"""));
        var batch = await Read(Reader(server), """{"post:":3,"comment:":1}""");
        Assert.Equal(["post:3", "post:4", "post:5", "post:6"], batch.Items.Select(item => ((PostItem)item).ExternalId));
        Assert.Null(batch.Notes!.FirstOrDefault());
    }

    [Fact]
    public async Task Pages_without_end_are_a_gap_and_not_a_loop()
    {
        await using var server = new ScriptedServer(request => WireReply.Ok(
            IsComments(request) ? Items() : $$"""{"items":[{{Post(600)}}],"next_page":"again"}"""));
        Assert.Equal(SourceNoteKind.Gap, Assert.Single((await Read(Reader(server), """{"post:":3}""")).Notes!).Kind);
    }

    [Theory]
    [InlineData(""","removed":true""", "public")]
    [InlineData(""","deleted":true""", "public")]
    [InlineData("", "private")]
    [InlineData("", "local_only_public")]
    [InlineData("", "local_only_private")]
    [InlineData("", "LocalOnly")]
    [InlineData("", "of a new kind")]
    public async Task What_is_removed_or_not_for_everybody_is_taken_back(string more, string visibility)
    {
        await using var server = new ScriptedServer(request => WireReply.Ok(
            IsComments(request) ? Items() : Items(Post(1, more, $$"""{"name":"school","visibility":"{{visibility}}"}"""))));
        Assert.Equal(new DeletedItem("post:1"), Assert.Single((await Read(Reader(server))).Items));
    }

    [Fact]
    public async Task What_the_server_does_wrong_is_a_value()
    {
        foreach (var (reply, why) in new[]
        {
            (WireReply.Of(404), "no Lemmy"), (WireReply.Of(500), "500"), (WireReply.Ok(Items(Post(1))[..80]), "not JSON"), (WireReply.Ok("{\"items\":3}"), "without a list"),
        })
        {
            await using var server = new ScriptedServer(reply);
            Assert.Contains(why, Assert.IsType<ReadFailed>(await Reader(server).ReadAsync(null, CancellationToken.None)).Why, StringComparison.Ordinal);
        }

        await using var odd = new ScriptedServer(request => WireReply.Ok(IsComments(request) ? Items() : Items("3", "{}", """{"post":{"id":"x"}}""", """{"post":{"id":5,"name":[]}}""", Post(6))));
        Assert.Equal("post:6", ((PostItem)Assert.Single((await Read(Reader(odd))).Items)).ExternalId);
    }

    [Fact]
    public async Task A_429_on_the_way_keeps_what_was_read()
    {
        await using var server = new ScriptedServer(request => IsComments(request) ? WireReply.Of(429, null, "Retry-After: 90") : WireReply.Ok(Items(Post(1))));
        var batch = await Read(Reader(server));
        Assert.Equal((1, TimeSpan.FromSeconds(90)), (batch.Items.Count, batch.NextAfter));
    }
}
