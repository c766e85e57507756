using System.Text.RegularExpressions;
using ThreatWatch.Ingest.Sources;
using ThreatWatch.Ingest.Sources.Mastodon;
using ThreatWatch.Tests.Wire;

namespace ThreatWatch.Tests.Ingest.Sources.Mastodon;

public sealed partial class MastodonReaderTests
{
    /// <summary>A server with statuses 1 to <paramref name="count"/> that pages forward by min_id, 40 at a time, as the real ones do.</summary>
    private static WireReply Serve(WireRequest request, int count)
    {
        if (request.Path.StartsWith("/api/v2/instance", StringComparison.Ordinal))
            return WireReply.Ok(SomeStatus.Instance);
        if (request.Path.StartsWith("/api/v1/statuses?", StringComparison.Ordinal))
            return WireReply.Ok("[]");
        var all = Enumerable.Range(1, count);
        var after = MinId().Match(request.Path) is { Success: true } match ? long.Parse(match.Groups[1].Value, null) - SomeStatus.FirstId : (long?)null;
        var page = after is null ? all.TakeLast(40).ToArray() : [.. all.Where(number => number > after).Take(40)];
        return page.Length == 0
            ? WireReply.Ok("[]")
            : WireReply.Ok(
                SomeStatus.Page(page),
                $"Link: <https://masto.example/api/v1/timelines/public?limit=40&max_id={SomeStatus.Id(page[0])}>; rel=\"next\", <https://masto.example/api/v1/timelines/public?limit=40&min_id={SomeStatus.Id(page[^1])}>; rel=\"prev\"");
    }

    private static MastodonReader Reader(SourceOptions source, TimeProvider? time = null, params string[] known)
    {
        time ??= SomeStream.Clock();
        return new MastodonReader(source, SomeStream.Fetcher(time), time, _ => Task.FromResult<IReadOnlyList<string>>(known));
    }

    private static async Task<SourceBatch> Read(MastodonReader reader, string? cursor = null) =>
        Assert.IsType<SourceBatch>(await reader.ReadAsync(cursor, CancellationToken.None));

    private static async Task<ReadFailed> Fail(WireReply timeline, string instance = SomeStatus.Instance, string? token = null)
    {
        await using var server = new ScriptedServer(request => request.Path.Contains("instance", StringComparison.Ordinal) ? WireReply.Ok(instance) : timeline);
        return Assert.IsType<ReadFailed>(await Reader(SomeStatus.Source(server, token)).ReadAsync(null, CancellationToken.None));
    }

    [Fact]
    public async Task The_first_read_takes_the_newest_page_and_later_ones_go_forward_without_a_gap()
    {
        var count = 100;
        await using var server = new ScriptedServer(request => Serve(request, count));
        var reader = Reader(SomeStatus.Source(server) with { LocalOnly = true });
        var first = await Read(reader);
        Assert.Equal(40, first.Items.Count);
        Assert.Equal("post 61", ((PostItem)first.Items[0]).Text);
        count = 230;
        var second = await Read(reader, first.NextCursor);
        Assert.Equal(Enumerable.Range(101, 130).Select(number => $"post {number}"), second.Items.Select(item => ((PostItem)item).Text));
        var third = await Read(reader, second.NextCursor);
        Assert.Empty(third.Items);
        Assert.Equal(second.NextCursor, third.NextCursor);
        Assert.All(server.Requests.Where(request => request.Path.Contains("timelines", StringComparison.Ordinal)), request => Assert.Contains("local=true", request.Path, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Statuses_of_other_servers_that_come_late_are_met_by_reading_a_little_again()
    {
        await using var server = new ScriptedServer(request => Serve(request, 3));
        var reader = Reader(SomeStatus.Source(server));
        var again = await Read(reader, (await Read(reader)).NextCursor);
        Assert.Equal(3, again.Items.Count);
    }

    [Fact]
    public async Task More_than_a_batch_takes_goes_on_at_once()
    {
        await using var server = new ScriptedServer(request => Serve(request, 1000));
        var reader = Reader(SomeStatus.Source(server) with { LocalOnly = true });
        var batch = await Read(reader, $$"""{"local":"{{SomeStatus.Id(1)}}"}""");
        Assert.Equal((400, TimeSpan.Zero), (batch.Items.Count, batch.NextAfter));
        Assert.Equal("post 402", ((PostItem)(await Read(reader, batch.NextCursor)).Items[0]).Text);
    }

    [Fact]
    public async Task Each_hashtag_is_a_timeline_with_a_place_of_its_own()
    {
        await using var server = new ScriptedServer(request =>
            request.Path.Contains("/tag/", StringComparison.Ordinal) ? WireReply.Ok(request.Path.Contains("min_id", StringComparison.Ordinal) ? "[]" : SomeStatus.Page(request.Path.Contains("cedar", StringComparison.Ordinal) ? 1 : 2)) : Serve(request, 0));
        var batch = await Read(Reader(SomeStatus.Source(server, null, "CedarRidge", "maple")));
        Assert.Equal(["post 1", "post 2"], batch.Items.Select(item => ((PostItem)item).Text));
        Assert.Equal($$"""{"#cedarridge":"{{SomeStatus.Id(1)}}","#maple":"{{SomeStatus.Id(2)}}"}""", batch.NextCursor);
    }

    [Fact]
    public async Task A_used_up_limit_stops_the_reading_and_keeps_what_was_read()
    {
        await using var server = new ScriptedServer(request => request.Path.Contains("min_id", StringComparison.Ordinal)
            ? WireReply.Ok(SomeStatus.Page(5, 6), "X-RateLimit-Limit: 300", "X-RateLimit-Remaining: 0", "X-RateLimit-Reset: 2026-11-02T08:04:00.000000Z")
            : Serve(request, 0));
        var batch = await Read(Reader(SomeStatus.Source(server)), $$"""{"public":"{{SomeStatus.Id(4)}}"}""");
        Assert.Equal((2, TimeSpan.FromMinutes(4)), (batch.Items.Count, batch.NextAfter));
        Assert.Equal(2, server.Requests.Count);
    }

    [Fact]
    public async Task A_429_waits_for_the_instant_that_the_server_names() =>
        Assert.Equal(
            TimeSpan.FromMinutes(3),
            (await Fail(WireReply.Of(429, "{\"error\":\"Too many requests\"}"u8.ToArray(), "X-RateLimit-Remaining: 0", "X-RateLimit-Reset: 2026-11-02T08:03:00Z"))).After);

    [Fact]
    public async Task Why_a_timeline_stays_closed_is_told_apart()
    {
        Assert.Contains("set \"token\"", (await Fail(WireReply.Of(401))).Why, StringComparison.Ordinal);
        Assert.Contains("not accept the token", (await Fail(WireReply.Of(401), token: "abc")).Why, StringComparison.Ordinal);
        Assert.Contains("no Mastodon", (await Fail(WireReply.Of(404))).Why, StringComparison.Ordinal);
        Assert.Contains("503", (await Fail(WireReply.Of(503))).Why, StringComparison.Ordinal);
        Assert.Contains("HTML instead of JSON", (await Fail(WireReply.Ok("<html>", "Content-Type: text/html"))).Why, StringComparison.Ordinal);
        Assert.Contains("not JSON", (await Fail(WireReply.Ok(SomeStatus.Page(1, 2)[..200]))).Why, StringComparison.Ordinal);
        Assert.Contains("no list", (await Fail(WireReply.Ok("{}"))).Why, StringComparison.Ordinal);
        var open = WireReply.Ok("[]");
        Assert.Contains("switched this timeline off", (await Fail(open, SomeStatus.Instance.Replace("public", "disabled", StringComparison.Ordinal))).Why, StringComparison.Ordinal);
        Assert.Contains("localOnly", (await Fail(open, SomeStatus.Instance.Replace("\"remote\":\"public\"", "\"remote\":\"disabled\"", StringComparison.Ordinal))).Why, StringComparison.Ordinal);
        Assert.Contains("set \"token\"", (await Fail(open, SomeStatus.Instance.Replace("public", "authenticated", StringComparison.Ordinal))).Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deletions_and_edits_that_were_missed_are_found_by_asking()
    {
        await using var server = new ScriptedServer(request => request.Path.StartsWith("/api/v1/statuses?id[]=", StringComparison.Ordinal)
            ? WireReply.Ok($"[{SomeStatus.Of(2, "<p>edited</p>")}]")
            : Serve(request, 0));
        var batch = await Read(Reader(SomeStatus.Source(server), null, SomeStatus.Id(1), SomeStatus.Id(2)));
        Assert.Equal("edited", Assert.Single(batch.Items.OfType<PostItem>()).Text);
        Assert.Equal(SomeStatus.Id(1), Assert.Single(batch.Items.OfType<DeletedItem>()).ExternalId);
    }

    [Fact]
    public async Task A_server_that_knows_nothing_any_more_is_not_believed()
    {
        await using var server = new ScriptedServer(request => Serve(request, 0));
        var batch = await Read(Reader(SomeStatus.Source(server), null, [.. Enumerable.Range(1, 10).Select(SomeStatus.Id)]));
        Assert.Empty(batch.Items);
        Assert.Equal(SourceNoteKind.Remark, Assert.Single(batch.Notes!).Kind);
    }

    [GeneratedRegex("min_id=(\\d+)")]
    private static partial Regex MinId();
}
