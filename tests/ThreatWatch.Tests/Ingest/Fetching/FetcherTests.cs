using System.Text;
using ThreatWatch.Ingest.Fetching;
using ThreatWatch.Tests.Wire;

namespace ThreatWatch.Tests.Ingest.Fetching;

public sealed class FetcherTests
{
    [Theory]
    [InlineData("\"33a64df5\"")]
    [InlineData("W/\"weak\"")]
    [InlineData("unquoted")]
    [InlineData("\"\"doubly-quoted\"\"")]
    [InlineData("\"caf\u00e9 \u00ff\"")]
    public async Task Validators_go_back_byte_for_byte(string etag)
    {
        const string Modified = "Mon, 2 Nov 2026 11:00:00 +0000 (not quite a date)";
        await using var bench = new FetchBench(request => request["If-None-Match"] == etag && request["If-Modified-Since"] == Modified
            ? WireReply.Of(304)
            : new WireReply([Encoding.Latin1.GetBytes(WireReply.Head(200, $"ETag: {etag}", $"Last-Modified: {Modified}", "Content-Length: 2") + "ok")]));

        var first = Assert.IsType<Fetched>(await bench.GetAsync());
        var second = await bench.GetAsync(new FetchRequest(bench.Server.Url()) { ETag = first.Headers.ETag, LastModified = first.Headers.LastModified });

        Assert.Equal(etag, first.Headers.ETag);
        Assert.False(Assert.IsType<NotModified>(second).SameBody);
    }

    [Fact]
    public async Task The_same_body_again_is_no_news_but_brings_its_validators()
    {
        var answers = 0;
        await using var bench = new FetchBench(_ => WireReply.Ok("<rss/>", $"ETag: \"{++answers}\""));

        var first = Assert.IsType<Fetched>(await bench.GetAsync());
        var second = Assert.IsType<NotModified>(await bench.GetAsync(new FetchRequest(bench.Server.Url()) { BodyHash = first.BodyHash }));

        Assert.True(second.SameBody);
        Assert.Equal("\"2\"", second.Headers.ETag);
    }

    [Fact]
    public async Task The_user_agent_is_ours_and_names_the_contact()
    {
        await using var bench = new FetchBench(_ => WireReply.Ok("x"));

        await bench.GetAsync();

        Assert.Matches(@"^ThreatWatch/\d+\.\d+ \(\+https://district\.example/contact\)$", Assert.Single(bench.Server.Requests)["User-Agent"]);
    }

    [Theory]
    [InlineData("120", 120)]
    [InlineData("Mon, 02 Nov 2026 12:10:00 GMT", 600)]
    [InlineData("99999999999", 6 * 3600)]
    public async Task Retry_after_is_obeyed_within_its_limit(string value, int seconds)
    {
        await using var bench = new FetchBench(_ => WireReply.Of(503, null, $"Retry-After: {value}"));

        Assert.Equal(TimeSpan.FromSeconds(seconds), Assert.IsType<RetryLater>(await bench.GetAsync()).After);
    }

    [Theory]
    [InlineData("Mon, 02 Nov 2026 11:00:00 GMT")]
    [InlineData("soon")]
    [InlineData("-5")]
    public async Task Retry_after_that_is_past_or_nonsense_says_nothing(string value)
    {
        await using var bench = new FetchBench(_ => WireReply.Of(503, null, $"Retry-After: {value}"));

        Assert.Null(Assert.IsType<RetryLater>(await bench.GetAsync()).After);
    }

    [Fact]
    public async Task A_429_pauses_the_whole_host_without_asking_it_again()
    {
        await using var bench = new FetchBench(request => request.Path == "/busy" ? WireReply.Of(429, null, "Retry-After: 90") : WireReply.Ok("x"));

        await bench.GetAsync("/busy");
        var other = Assert.IsType<RetryLater>(await bench.GetAsync("/other"));
        bench.Time.Advance(TimeSpan.FromSeconds(91));
        var later = await bench.GetAsync("/other");

        Assert.Equal(TimeSpan.FromSeconds(90), other.After);
        Assert.IsType<Fetched>(later);
        Assert.Equal(2, bench.Server.Requests.Count);
    }

    [Theory]
    [InlineData(404, false)]
    [InlineData(410, false)]
    [InlineData(401, false)]
    [InlineData(408, true)]
    [InlineData(500, true)]
    [InlineData(503, true)]
    public async Task A_status_says_whether_it_may_pass(int status, bool passes)
    {
        await using var bench = new FetchBench(_ => WireReply.Of(status, Encoding.UTF8.GetBytes("<html>")));

        var outcome = await bench.GetAsync();

        Assert.Equal(passes, outcome is RetryLater);
        Assert.Equal(status, outcome.Status);
    }

    [Fact]
    public async Task A_cloudflare_challenge_is_named_as_one()
    {
        await using var bench = new FetchBench(_ => WireReply.Of(403, Encoding.UTF8.GetBytes("<html>Just a moment"), "cf-mitigated: challenge"));

        Assert.Contains("Cloudflare challenge", Assert.IsType<RetryLater>(await bench.GetAsync()).Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_falls_silent_is_left_after_the_stall_time()
    {
        // An hour for the whole, so that a slow machine can't end the fetch for another reason.
        var options = new FetchingOptions { AllowedAddresses = ["127.0.0.1/32"], Timeout = TimeSpan.FromHours(1) };
        await using var bench = new FetchBench(_ => WireReply.Raw(WireReply.Head(200, "Content-Length: 100"), "<rss>", null), options);

        var outcome = await bench.GetWhileTimePassesAsync(new FetchRequest(bench.Server.Url()));

        Assert.Contains("no byte came for 10 s", Assert.IsType<RetryLater>(outcome).Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_never_answers_is_left_after_the_whole_time()
    {
        await using var bench = new FetchBench(_ => WireReply.Raw([null]));

        var outcome = await bench.GetWhileTimePassesAsync(new FetchRequest(bench.Server.Url()));

        Assert.Contains("not done within 30 s", Assert.IsType<RetryLater>(outcome).Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_cut_off_in_the_middle_may_be_whole_later()
    {
        await using var bench = new FetchBench(_ => WireReply.Raw(WireReply.Head(200, "Content-Length: 100"), "<rss>"));

        Assert.Contains("middle", Assert.IsType<RetryLater>(await bench.GetAsync()).Why, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("220 mail.example ESMTP\r\n")]
    [InlineData("HTTP/1.1 abc\r\n\r\n")]
    public async Task What_is_no_http_may_be_some_later(string raw)
    {
        await using var bench = new FetchBench(_ => WireReply.Raw(raw));

        Assert.IsType<RetryLater>(await bench.GetAsync());
    }

    [Fact]
    public async Task Headers_without_end_are_refused_before_they_fill_the_memory()
    {
        await using var bench = new FetchBench(_ => WireReply.Raw("HTTP/1.1 200 OK\r\n", string.Concat(Enumerable.Repeat($"X: {new string('a', 1000)}\r\n", 200))));

        Assert.IsType<RetryLater>(await bench.GetAsync());
    }

    [Fact]
    public async Task Cancellation_is_the_only_thing_that_throws()
    {
        await using var bench = new FetchBench(_ => WireReply.Raw([null]));
        using var stop = new CancellationTokenSource();
        var fetch = bench.Fetcher.FetchAsync(new FetchRequest(bench.Server.Url()), stop.Token);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => fetch);
    }
}
