using System.IO.Compression;
using System.Text;
using ThreatWatch.Ingest.Polling;
using ThreatWatch.Ingest.Sources;
using ThreatWatch.Ingest.WebSub;
using ThreatWatch.Tests.Ingest.Fetching;
using ThreatWatch.Tests.Wire;

namespace ThreatWatch.Tests.Ingest.Polling;

public sealed class FeedSourceTests
{
    private readonly HubOffers _hubs = new();

    [Fact]
    public async Task Entries_come_oldest_first_and_a_304_is_no_news_and_no_write()
    {
        await using var bench = new FetchBench(request => request["If-None-Match"] == "\"1\"" ? WireReply.Of(304) : WireReply.Ok(Rss("b", "a"), "ETag: \"1\""));
        var reader = Reader(bench);

        var first = Batch(await ReadAsync(reader, null));
        var second = Batch(await ReadAsync(reader, first.NextCursor));

        Assert.Equal(["a", "b"], first.Items.Cast<PostItem>().Select(post => post.ExternalId));
        Assert.Equal("text of a", ((PostItem)first.Items[0]).Text);
        Assert.Empty(second.Items);
        Assert.Null(second.NextCursor);
    }

    [Fact]
    public async Task A_304_with_a_new_etag_replaces_the_stored_one()
    {
        var answers = 0;
        await using var bench = new FetchBench(_ => ++answers == 1 ? WireReply.Ok(Rss("a"), "ETag: \"1\"") : WireReply.Of(304, null, "ETag: \"2\""));
        var reader = Reader(bench);

        var first = Batch(await ReadAsync(reader, null));
        var second = Batch(await ReadAsync(reader, first.NextCursor));
        await ReadAsync(reader, second.NextCursor);

        Assert.Equal([null, "\"1\"", "\"2\""], bench.Server.Requests.Select(request => request["If-None-Match"]));
    }

    public static TheoryData<string, string> BadAnswers => new()
    {
        { "404", "HTTP 404" },
        { "html", "HTML page" },
        { "challenge", "Cloudflare" },
        { "login", "login page" },
        { "empty", "empty" },
        { "prose", "No feed" },
        { "huge", "more than 10 MiB" },
        { "bomb", "more than" },
        { "cut", "middle" },
    };

    [Theory]
    [MemberData(nameof(BadAnswers))]
    public async Task A_bad_answer_is_a_reason_and_costs_nothing_that_is_known(string kind, string why)
    {
        var isBad = false;
        await using var bench = new FetchBench(request => isBad
            ? kind switch
            {
                "404" => WireReply.Of(404),
                "html" => WireReply.Ok("<!DOCTYPE html><html><body>Welcome</body></html>", "Content-Type: application/rss+xml", "ETag: \"bad\""),
                "challenge" => WireReply.Ok("<html><title>Just a moment...</title></html>"),
                "login" => WireReply.Ok("<html><form><input type=\"password\"></form></html>"),
                "empty" => WireReply.Ok(""),
                "prose" => WireReply.Ok("Here be no feed."),
                "huge" => WireReply.Raw(WireReply.Head(200, "Content-Length: 209715200"), "<rss>"),
                "bomb" => WireReply.Of(200, Bomb(), "Content-Encoding: gzip"),
                _ => WireReply.Raw(WireReply.Head(200, "Content-Length: 5000"), "<rss><channel><item>"),
            }
            : request["If-None-Match"] == "\"good\"" ? WireReply.Of(304) : WireReply.Ok(Rss("a"), "ETag: \"good\""));
        var reader = Reader(bench);
        var good = Batch(await ReadAsync(reader, null));

        isBad = true;
        var bad = Assert.IsType<ReadFailed>(await ReadAsync(reader, good.NextCursor));
        isBad = false;
        var after = Batch(await ReadAsync(reader, bad.NextCursor ?? good.NextCursor));

        Assert.Contains(why, bad.Why, StringComparison.Ordinal);
        Assert.Empty(after.Items);
        Assert.Equal("\"good\"", bench.Server.Requests.Last()["If-None-Match"]);
    }

    [Fact]
    public async Task A_document_that_is_cut_off_gives_the_entries_before_the_cut()
    {
        await using var bench = new FetchBench(_ => WireReply.Ok(Rss("a", "b")[..^40]));

        Assert.Contains(Batch(await ReadAsync(Reader(bench), null)).Items, item => item is PostItem { ExternalId: "a" });
    }

    [Fact]
    public async Task A_move_for_good_is_taken_over_after_a_day_and_undone_when_the_new_address_fails()
    {
        var newIsGone = false;
        await using var bench = new FetchBench(request => request.Path == "/feed" && !newIsGone
            ? WireReply.To("/new")
            : request.Path == "/new" && newIsGone ? WireReply.Of(410) : WireReply.Ok(Rss("a")));
        var reader = Reader(bench);
        string? cursor = null;
        SourceBatch? last = null;
        for (var hour = 0; hour <= 24; hour += 6)
        {
            cursor = (last = Batch(await ReadAsync(reader, cursor))).NextCursor ?? cursor;
            bench.Time.Advance(TimeSpan.FromHours(6));
        }

        Assert.Contains("moved for good", Assert.Single(last!.Notes!).What, StringComparison.Ordinal);
        bench.Server.Requests.Clear();
        await ReadAsync(reader, cursor);
        Assert.Equal("/new", Assert.Single(bench.Server.Requests).Path);

        newIsGone = true;
        var failed = Assert.IsType<ReadFailed>(await ReadAsync(reader, cursor));
        await ReadAsync(reader, failed.NextCursor);
        Assert.Equal("/feed", bench.Server.Requests.Last().Path);
    }

    [Fact]
    public async Task A_deleted_entry_is_taken_back()
    {
        await using var bench = new FetchBench(_ => WireReply.Ok(
            "<feed xmlns='http://www.w3.org/2005/Atom' xmlns:at='http://purl.org/atompub/tombstones/1.0'>"
            + "<at:deleted-entry ref='yt:video:gone' when='2026-11-02T11:00:00Z'/></feed>"));

        Assert.Equal(new DeletedItem("yt:video:gone"), Assert.Single(Batch(await ReadAsync(Reader(bench), null)).Items));
    }

    [Fact]
    public async Task Pages_are_followed_back_to_what_is_known_and_no_further()
    {
        var round = 0;
        await using var bench = new FetchBench(request => request.Path switch
        {
            "/feed" when round == 0 => WireReply.Ok(Json("/page2", "5", "4")),
            "/feed" => WireReply.Ok(Json("/page2", "9", "8")),
            "/page2" => WireReply.Ok(Json("/page3", "7", "6")),
            "/page3" => WireReply.Ok(Json("/page4", "5", "4")),
            _ => WireReply.Ok(Json("/feed", "3", "2")),
        });
        var reader = Reader(bench);

        var first = Batch(await ReadAsync(reader, null));
        round = 1;
        var second = Batch(await ReadAsync(reader, first.NextCursor));

        Assert.Equal(["4", "5"], first.Items.Cast<PostItem>().Select(post => post.ExternalId));
        Assert.Equal(["4", "5", "6", "7", "8", "9"], second.Items.Cast<PostItem>().Select(post => post.ExternalId));
        Assert.DoesNotContain(bench.Server.Requests, request => request.Path == "/page4");
    }

    [Fact]
    public async Task Pages_in_a_circle_end()
    {
        var round = 0;
        await using var bench = new FetchBench(request => WireReply.Ok(Json("/feed", $"{request.Path}{round++}")));
        var reader = Reader(bench);
        var first = Batch(await ReadAsync(reader, null));

        Batch(await ReadAsync(reader, first.NextCursor));

        Assert.Equal(3, bench.Server.Requests.Count);
    }

    [Fact]
    public async Task A_youtube_spell_keeps_the_feed_and_its_short_pause_and_its_hub()
    {
        await using var bench = new FetchBench(_ => WireReply.Of(404));
        var reader = Reader(bench, bench.Server.Url("/feeds/videos.xml?channel_id=UC_x-1", "www.youtube.com"));

        var failed = Assert.IsType<ReadFailed>(await ReadAsync(reader, null));

        Assert.Equal(TimeSpan.FromMinutes(15), failed.After);
        Assert.Null(failed.NextCursor);
        Assert.Equal(
            new HubOffer("news", "https://pubsubhubbub.appspot.com/subscribe", "https://www.youtube.com/xml/feeds/videos.xml?channel_id=UC_x-1"),
            Assert.Single(_hubs.All));
    }

    [Fact]
    public async Task The_hub_in_the_header_wins_over_the_documents_and_is_remembered()
    {
        await using var bench = new FetchBench(_ => WireReply.Ok(
            "<feed xmlns='http://www.w3.org/2005/Atom'><link rel='hub' href='https://old.example/hub'/><link rel='self' href='https://old.example/feed'/></feed>",
            "Link: <https://hub.example/>; rel=\"hub\", </topic>; rel=self"));
        var first = Batch(await ReadAsync(Reader(bench), null));
        var expected = new HubOffer("news", "https://hub.example/", bench.Server.Url("/topic").AbsoluteUri);
        Assert.Equal(expected, Assert.Single(_hubs.All));

        // After a restart a 304 offers it again.
        var fresh = new HubOffers();
        await ReadAsync(new FeedSource(Options(bench.Server.Url("/feed")), bench.Fetcher, bench.Settings, fresh, bench.Time), first.NextCursor);
        Assert.Equal(expected, Assert.Single(fresh.All));
    }

    [Fact]
    public async Task A_cursor_of_another_address_counts_for_nothing()
    {
        await using var bench = new FetchBench(_ => WireReply.Ok(Rss("a"), "ETag: \"1\""));
        var first = Batch(await ReadAsync(Reader(bench), null));

        var other = Batch(await ReadAsync(Reader(bench, bench.Server.Url("/other")), first.NextCursor));

        Assert.Single(other.Items);
        Assert.Null(bench.Server.Requests.Last()["If-None-Match"]);
    }

    [Fact]
    public async Task A_file_is_read_once_for_each_content()
    {
        var path = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(path, Rss("a"));
            var reader = new FeedFileSource(path, 1_000_000);
            var first = Batch(await ReadAsync(reader, null));

            Assert.Single(first.Items);
            Assert.Empty(Batch(await ReadAsync(reader, first.NextCursor)).Items);
            Assert.IsType<ReadFailed>(await ReadAsync(new FeedFileSource(path, 10), null));
            File.Delete(path);
            Assert.IsType<ReadFailed>(await ReadAsync(reader, first.NextCursor));
        }
        finally
        {
            File.Delete(path);
        }
    }

    private FeedSource Reader(FetchBench bench, Uri? url = null) =>
        new(Options(url ?? bench.Server.Url("/feed")), bench.Fetcher, bench.Settings, _hubs, bench.Time);

    private static SourceOptions Options(Uri url) => new() { Id = "news", Url = url };

    private static Task<ReadOutcome> ReadAsync(ISourceReader reader, string? cursor) => reader.ReadAsync(cursor, TestContext.Current.CancellationToken);

    private static SourceBatch Batch(ReadOutcome outcome) => Assert.IsType<SourceBatch>(outcome);

    private static string Rss(params string[] ids) =>
        $"<rss version=\"2.0\"><channel><title>News</title>{string.Concat(ids.Select(id => $"<item><guid>{id}</guid><description>text of {id}</description></item>"))}</channel></rss>";

    private static string Json(string next, params string[] ids) =>
        $$"""{"version":"https://jsonfeed.org/version/1.1","title":"t","next_url":"{{next}}","items":[{{string.Join(",", ids.Select(id => $"{{\"id\":\"{id}\",\"content_text\":\"x\"}}"))}}]}""";

    private static byte[] Bomb()
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(Encoding.UTF8.GetBytes(new string(' ', 16 * 1024 * 1024)));
        return packed.ToArray();
    }
}
