using ThreatWatch.Ingest.Sources;
using ThreatWatch.Ingest.Sources.Jetstream;
using ThreatWatch.Tests.Wire;

namespace ThreatWatch.Tests.Ingest.Sources.Jetstream;

public sealed class JetstreamStreamTests
{
    private static readonly long NowUs = SomeEvent.Us(SomeStream.Now);

    private static Task<List<ReadOutcome>> Read(
        ScriptedSocket server, string? cursor = null, Func<List<ReadOutcome>, bool>? enough = null, TimeProvider? time = null, params string[] only)
    {
        time ??= SomeStream.Clock();
        var source = SomeStream.Of(SourceType.Jetstream, server.Url) with { Only = only };
        return SomeStream.Read(new JetstreamStream(source, SomeStream.Lines(time), time), cursor, enough);
    }

    [Fact]
    public async Task It_asks_for_posts_and_profiles_and_goes_on_from_the_cursor()
    {
        await using var server = new ScriptedSocket(async line =>
        {
            await line.Accept();
            await line.Text(SomeEvent.Post("one", "k1", NowUs + 5));
            await line.Close("bye");
        });
        var said = await Read(server, $"{NowUs}@127.0.0.1");
        var path = server.Requests.Single().Path;
        Assert.StartsWith("/subscribe?", path, StringComparison.Ordinal);
        Assert.Contains("wantedCollections=app.bsky.feed.post", path, StringComparison.Ordinal);
        Assert.EndsWith($"&cursor={NowUs}", path, StringComparison.Ordinal);
        Assert.StartsWith("ThreatWatch/", server.Requests.Single()["User-Agent"], StringComparison.Ordinal);
        Assert.True(Assert.Single(said.Items()) is PostItem { Text: "one" });
        Assert.Equal($"{NowUs + 5}@127.0.0.1", said.Cursor());
        Assert.Empty(said.Notes());
        Assert.Contains("bye", said.Failure().Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_host_is_asked_from_a_few_seconds_earlier()
    {
        await using var server = new ScriptedSocket(line => line.Refuse(503));
        await Read(server, $"{NowUs}@jetstream2.example");
        Assert.EndsWith($"&cursor={NowUs - 10_000_000}", server.Requests.Single().Path, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Frames_in_pieces_with_pings_between_and_bytes_that_drip_are_put_together()
    {
        await using var server = new ScriptedSocket(async line =>
        {
            await line.Accept();
            await line.Fragments(SomeEvent.Post("in pieces \ud83d\ude00", "k1"), 7);
            await line.Drip(SomeEvent.Post("dripping", "k2"));
            await line.Text(SomeEvent.Post(new string('x', 90_000), "k3"));
            await line.Text(SomeEvent.Deleted("k1"));
            await line.Close("");
        });
        var items = (await Read(server)).Items();
        Assert.Equal(4, items.Count);
        Assert.Equal("in pieces \ud83d\ude00", ((PostItem)items[0]).Text);
        Assert.Equal("dripping", ((PostItem)items[1]).Text);
        Assert.Equal(90_000, ((PostItem)items[2]).Text.Length);
        Assert.IsType<DeletedItem>(items[3]);
    }

    [Fact]
    public async Task A_clamped_cursor_is_a_gap_and_is_said_once()
    {
        await using var server = new ScriptedSocket(async line =>
        {
            await line.Accept();
            await line.Text(SomeEvent.Post("one", "k1", NowUs - 36L * 3_600_000_000));
            await line.Text(SomeEvent.Post("two", "k2", NowUs));
            await line.Close("");
        });
        var note = Assert.Single((await Read(server, $"{NowUs - 40L * 3_600_000_000}@127.0.0.1")).Notes());
        Assert.Equal(SourceNoteKind.Gap, note.Kind);
        Assert.Contains("240 minutes", note.What, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, false, true)] // A few authors may well be silent for two hours.
    [InlineData(2, true, false)]
    [InlineData(40, false, false)]
    public void The_silence_of_a_few_authors_is_no_gap_while_the_cursor_is_young(int hoursAgo, bool isWhole, bool isFine) =>
        Assert.Equal(isFine, new JetstreamCursor(NowUs - (hoursAgo * 3_600_000_000L), "a").GapBefore(NowUs, SomeStream.Now, isWhole) is null);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("@host")]
    [InlineData("12x@host")]
    public void A_cursor_that_is_not_ours_begins_live(string? cursor) => Assert.Null(JetstreamCursor.Parse(cursor));

    [Fact]
    public async Task An_event_that_cannot_be_read_costs_only_itself()
    {
        await using var server = new ScriptedSocket(async line =>
        {
            await line.Accept();
            await line.Text(SomeEvent.Post("cut")[..60]);
            await line.Binary(0x28, 0xB5, 0x2F, 0xFD);
            await line.Fragments(SomeEvent.Post(new string('x', JetstreamStream.MaxMessage + 1)), 200_000);
            await line.Text(SomeEvent.Post("whole"));
            await line.Close("");
        });
        var said = await Read(server);
        Assert.Equal(3, said.Notes().Count(note => note.Kind == SourceNoteKind.BadItem));
        Assert.True(Assert.Single(said.Items()) is PostItem { Text: "whole" });
    }

    [Fact]
    public async Task A_connection_that_breaks_off_gives_what_it_brought_and_the_next_goes_on_there()
    {
        await using var server = new ScriptedSocket(async line =>
        {
            await line.Accept();
            await line.Text(SomeEvent.Post("post " + line.Number, "k" + line.Number, NowUs + line.Number));
            if (line.Number == 1)
                await line.Raw([0x81, 126, 0x10]);
        });
        var first = await Read(server);
        Assert.True(Assert.Single(first.Items()) is PostItem { Text: "post 1" });
        Assert.Contains("broke off", first.Failure().Why, StringComparison.Ordinal);
        var second = await Read(server, first.Cursor());
        Assert.EndsWith($"&cursor={NowUs + 1}", server.Requests.Last().Path, StringComparison.Ordinal);
        Assert.True(Assert.Single(second.Items()) is PostItem { Text: "post 2" });
    }

    [Fact]
    public async Task Refusals_and_broken_protocol_are_values()
    {
        await using var busy = new ScriptedSocket(line => line.Refuse(429, "Retry-After: 120"));
        var failure = (await Read(busy)).Failure();
        Assert.Contains("429", failure.Why, StringComparison.Ordinal);
        Assert.Equal(TimeSpan.FromMinutes(2), failure.After);
        await using var noise = new ScriptedSocket(async line =>
        {
            await line.Accept();
            await line.Raw([0xFF, 0xFF, 0xFF, 0xFF]);
        });
        Assert.NotNull((await Read(noise)).Failure().Why);
        await using var web = new ScriptedSocket(line => line.Raw("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"u8.ToArray()));
        Assert.Contains("200", (await Read(web)).Failure().Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_of_this_machine_is_refused_where_it_is_not_allowed()
    {
        await using var server = new ScriptedSocket(line => line.Accept());
        var time = SomeStream.Clock();
        var source = SomeStream.Of(SourceType.Jetstream, server.Url) with { AllowPrivateAddress = false };
        var said = await SomeStream.Read(new JetstreamStream(source, SomeStream.Lines(time), time));
        Assert.Contains("loopback", said.Failure().Why, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task A_stream_that_falls_silent_is_left()
    {
        var time = SomeStream.Clock();
        await using var server = new ScriptedSocket(async line =>
        {
            await line.Accept();
            await line.Text(SomeEvent.Post("last words"));
            await line.Hold();
        });
        var said = await Read(server, time: time, enough: said =>
        {
            // The batch is given once the wait has begun; a fake clock moves when told.
            _ = Task.Run(async () =>
            {
                for (var i = 0; i < 50; i++)
                {
                    await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
                    time.Advance(JetstreamStream.Idle / 10);
                }
            });
            return false;
        });
        Assert.Equal("no event for 60 s", said.Failure().Why);
    }

    [Fact]
    public async Task Many_authors_go_in_a_first_message_and_few_in_the_address()
    {
        string? hello = null;
        await using var server = new ScriptedSocket(async line =>
        {
            await line.Accept();
            if (line.Request.Path.Contains("requireHello=true", StringComparison.Ordinal))
                hello = await line.Receive();
            await line.Close("");
        });
        await Read(server, only: ["did:plc:a", "did:web:b.example"]);
        Assert.Contains("&wantedDids=did%3Aplc%3Aa&wantedDids=did%3Aweb%3Ab.example", server.Requests.Last().Path, StringComparison.Ordinal);
        await Read(server, only: [.. Enumerable.Range(0, 300).Select(i => $"did:plc:{i:000}")]);
        Assert.Contains("\"type\":\"options_update\"", hello, StringComparison.Ordinal);
        Assert.Contains("did:plc:299", hello, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_opted_out_while_we_read_is_not_read_on()
    {
        await using var server = new ScriptedSocket(async line =>
        {
            await line.Accept();
            await line.Text(SomeEvent.Commit("update", "app.bsky.actor.profile", "self", null, SomeEvent.Did, """{"labels":{"values":[{"val":"!no-unauthenticated"}]}}"""));
            await line.Text(SomeEvent.Post("for members", "k1"));
            await line.Text(SomeEvent.Post("for all", "k2", did: "did:plc:other"));
            await line.Close("");
        });
        var items = (await Read(server)).Items();
        Assert.Equal([new AuthorGone(SomeEvent.Did)], items.OfType<AuthorGone>());
        Assert.Equal("for all", Assert.Single(items.OfType<PostItem>()).Text);
    }
}
