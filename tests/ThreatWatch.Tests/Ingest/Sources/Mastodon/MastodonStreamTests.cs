using System.Text.Json;
using ThreatWatch.Ingest.Sources;
using ThreatWatch.Ingest.Sources.Mastodon;
using ThreatWatch.Tests.Wire;

namespace ThreatWatch.Tests.Ingest.Sources.Mastodon;

public sealed class MastodonStreamTests
{
    private static ScriptedServer Server(Func<WireRequest, WireReply> stream, string page = "[]", string gone = "[]") => new(request =>
        request.Path.Contains("/streaming/", StringComparison.Ordinal) ? stream(request)
        : request.Path.Contains("instance", StringComparison.Ordinal) ? WireReply.Ok(SomeStatus.Instance)
        : request.Path.Contains("/statuses?", StringComparison.Ordinal) ? WireReply.Ok(gone)
        : WireReply.Ok(request.Path.Contains("min_id=" + SomeStatus.Id(2), StringComparison.Ordinal) ? "[]" : page));

    private static MastodonStream Stream(ScriptedServer server, TimeProvider? time = null, string[]? hashtags = null, params string[] known)
    {
        time ??= SomeStream.Clock();
        return new MastodonStream(
            SomeStatus.Source(server, "secret-token", hashtags ?? []) with { LocalOnly = true },
            SomeStream.Fetcher(time),
            SomeStream.Lines(time),
            time,
            _ => Task.FromResult<IReadOnlyList<string>>(known));
    }

    [Fact]
    public async Task News_edits_and_deletions_come_as_they_happen()
    {
        await using var server = Server(_ => SomeStatus.Events(
            ":thump\n\n",
            SomeStatus.Event("update", SomeStatus.Of(7)),
            SomeStatus.Event("filters_changed", ""),
            SomeStatus.Event("update", SomeStatus.Of(8, visibility: "unlisted")),
            SomeStatus.Event("status.update", SomeStatus.Of(7, "<p>edited</p>")),
            SomeStatus.Event("delete", SomeStatus.Id(7))));
        var said = await SomeStream.Read(Stream(server));
        Assert.Equal(
            [("hello", true), ("edited", false), (SomeStatus.Id(7), false)],
            said.Items().Select(item => item is PostItem post ? (post.Text, post.IsFirst) : (((DeletedItem)item).ExternalId, false)));
        Assert.Equal($$"""{"local":"{{SomeStatus.Id(8)}}"}""", said.Cursor());
        Assert.Equal("the server closed the stream", said.Failure().Why);
        var request = server.Requests.Single(request => request.Path.Contains("/streaming/", StringComparison.Ordinal));
        Assert.Equal(("/api/v1/streaming/public/local", "Bearer secret-token", "text/event-stream"), (request.Path, request["Authorization"], request["Accept"]));
    }

    [Fact]
    public async Task Events_in_drips_and_pieces_are_put_together()
    {
        var whole = SomeStatus.Event("update", SomeStatus.Of(7, "<p>caf\u00e9 \ud83d\ude00</p>"));
        await using var server = Server(_ => SomeStatus.Events([.. whole.Chunk(3).Select(part => new string(part))]) is var reply
            ? reply with { Parts = [.. reply.Parts.SelectMany(part => part!.Chunk(5))] } : throw new InvalidOperationException());
        Assert.Equal("caf\u00e9 \ud83d\ude00", ((PostItem)Assert.Single((await SomeStream.Read(Stream(server))).Items())).Text);
    }

    [Fact]
    public async Task After_a_connection_what_was_missed_is_read_page_by_page()
    {
        await using var server = Server(_ => SomeStatus.Events(SomeStatus.Event("update", SomeStatus.Of(3))), SomeStatus.Page(1, 2));
        var said = await SomeStream.Read(Stream(server), $$"""{"local":"{{SomeStatus.Id(0)}}"}""");
        Assert.Equal(["post 1", "post 2", "hello"], said.Items().Select(item => ((PostItem)item).Text));
        Assert.Contains(server.Requests, request => request.Path.EndsWith("min_id=" + SomeStatus.Id(0), StringComparison.Ordinal));
        // The live stream is open before the pages are read, so that nothing falls between.
        var paths = server.Requests.Select(request => request.Path).ToList();
        Assert.True(paths.FindIndex(path => path.Contains("streaming", StringComparison.Ordinal)) < paths.FindIndex(path => path.Contains("timelines", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Deletions_while_we_were_away_are_found_by_asking()
    {
        await using var server = Server(_ => SomeStatus.Events(), gone: $"[{SomeStatus.Of(2)}]");
        var said = await SomeStream.Read(Stream(server, known: [SomeStatus.Id(1), SomeStatus.Id(2)]));
        Assert.Equal(SomeStatus.Id(1), Assert.Single(said.Items().OfType<DeletedItem>()).ExternalId);
    }

    [Fact]
    public async Task An_event_that_is_cut_costs_only_itself()
    {
        await using var server = Server(_ => SomeStatus.Events(
            SomeStatus.Event("update", SomeStatus.Of(7)[..50]), SomeStatus.Event("update", SomeStatus.Of(8)), "event: update\ndata: {\"id\":\"9\""));
        var said = await SomeStream.Read(Stream(server));
        Assert.Equal(SomeStatus.Id(8), ((PostItem)Assert.Single(said.Items())).ExternalId);
        Assert.Equal(SourceNoteKind.BadItem, Assert.Single(said.Notes()).Kind);
    }

    [Fact]
    public async Task A_line_without_end_ends_the_connection_and_not_the_memory()
    {
        await using var server = Server(_ => SomeStatus.Events("data: " + new string('x', MastodonLine.MaxLine + 10), null));
        Assert.Contains("a line of more than", (await SomeStream.Read(Stream(server))).Failure().Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_heartbeat_the_connection_is_left()
    {
        var time = SomeStream.Clock();
        await using var server = Server(_ => SomeStatus.Events(SomeStatus.Event("update", SomeStatus.Of(7)), null));
        var said = await SomeStream.Read(Stream(server, time), enough: heard =>
        {
            _ = Task.Run(async () =>
            {
                for (var i = 0; i < 50; i++)
                {
                    await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
                    time.Advance(MastodonLine.Idle / 10);
                }
            });
            return false;
        });
        Assert.Equal("not even a heartbeat for 45 s", said.Failure().Why);
    }

    [Fact]
    public async Task Where_live_streams_are_closed_pages_are_still_read_at_the_pace_of_polling()
    {
        await using var server = Server(_ => WireReply.Of(401), SomeStatus.Page(1));
        var said = await SomeStream.Read(Stream(server));
        Assert.Equal("post 1", ((PostItem)Assert.Single(said.Items())).Text);
        Assert.Contains("does not accept the token", said.Failure().Why, StringComparison.Ordinal);
        Assert.Equal(TimeSpan.FromMinutes(5), said.Failure().After);
        await using var busy = Server(_ => WireReply.Of(503, null, "Retry-After: 77"));
        Assert.Equal(TimeSpan.FromSeconds(77), (await SomeStream.Read(Stream(busy))).Failure().After);
    }

    [Fact]
    public async Task Each_hashtag_has_a_live_stream_of_its_own()
    {
        await using var server = Server(request => SomeStatus.Events(
            SomeStatus.Event("update", SomeStatus.Of(request.Path.EndsWith("tag=maple", StringComparison.Ordinal) ? 5 : 6)), null));
        var said = await SomeStream.Read(Stream(server, hashtags: ["cedar", "maple"]), enough: said => said.Items().Count == 2);
        Assert.Equal($$"""{"#cedar":"{{SomeStatus.Id(6)}}","#maple":"{{SomeStatus.Id(5)}}"}""", JsonSerializer.Serialize(JsonSerializer.Deserialize<SortedDictionary<string, string>>(said.Cursor()!)));
    }

    [Fact]
    public async Task A_page_that_fails_while_the_live_stream_is_well_is_tried_again_soon()
    {
        await using var server = new ScriptedServer(request =>
            request.Path.Contains("/streaming/", StringComparison.Ordinal) ? SomeStatus.Events((string?)null)
            : request.Path.Contains("instance", StringComparison.Ordinal) ? WireReply.Ok(SomeStatus.Instance)
            : WireReply.Of(502));
        Assert.Equal(new ReadFailed("HTTP 502"), (await SomeStream.Read(Stream(server))).Failure());
    }

    [Fact]
    public async Task Recorded_streams_are_read_to_their_end()
    {
        var (streams, posts) = (0, 0);
        foreach (var line in File.ReadLines(SharedData.File("social/mastodon_http.jsonl")))
        {
            using var document = JsonDocument.Parse(line);
            var body = document.RootElement.GetProperty("body");
            if (!document.RootElement.GetProperty("uri").GetString()!.Contains("/streaming/", StringComparison.Ordinal) || body.ValueKind != JsonValueKind.String || body.GetString() == "OK")
                continue;
            streams++;
            var recorded = body.GetString()!;
            await using var server = Server(_ => WireReply.Raw(WireReply.Head(200, "Content-Type: text/event-stream"), System.Text.Encoding.UTF8.GetBytes(recorded)));
            var said = await SomeStream.Read(Stream(server));
            Assert.Empty(said.Notes());
            Assert.Equal("the server closed the stream", said.Failure().Why);
            posts += said.Items().OfType<PostItem>().Count();
        }

        Assert.True(streams > 0 && posts > 0, $"{streams} streams, {posts} posts");
    }
}
