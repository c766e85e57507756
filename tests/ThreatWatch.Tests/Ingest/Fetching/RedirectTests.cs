using ThreatWatch.Ingest.Fetching;
using ThreatWatch.Tests.Wire;

namespace ThreatWatch.Tests.Ingest.Fetching;

public sealed class RedirectTests
{
    [Fact]
    public async Task A_chain_of_permanent_redirects_gives_the_new_address()
    {
        await using var bench = new FetchBench(request => request.Path switch
        {
            "/a" => WireReply.To("/b"),
            "/b" => WireReply.To("c?x=1", 308),
            _ => WireReply.Ok("feed"),
        });

        var fetched = Assert.IsType<Fetched>(await bench.GetAsync("/a"));

        Assert.Equal(bench.Server.Url("/c?x=1"), fetched.MovedTo);
        Assert.Equal(fetched.MovedTo, fetched.Url);
    }

    [Theory]
    [InlineData(302)]
    [InlineData(303)]
    [InlineData(307)]
    public async Task One_passing_redirect_in_the_chain_moves_nothing(int status)
    {
        await using var bench = new FetchBench(request => request.Path switch
        {
            "/a" => WireReply.To("/b"),
            "/b" => WireReply.To("/c", status),
            _ => WireReply.Ok("feed"),
        });

        Assert.Null(Assert.IsType<Fetched>(await bench.GetAsync("/a")).MovedTo);
    }

    [Fact]
    public void A_permanent_redirect_from_https_to_http_is_followed_but_never_moves_the_source()
    {
        var trail = new RedirectTrail(new Uri("https://district.example/feed"));

        Assert.Null(trail.Follow(301, "http://district.example/feed"));
        Assert.Null(trail.MovedTo);
        Assert.False(trail.IsInOrigin);
    }

    [Fact]
    public async Task A_circle_is_told()
    {
        await using var bench = new FetchBench(request => WireReply.To(request.Path == "/a" ? "/b" : "/a"));

        Assert.Contains("circle", Assert.IsType<Refused>(await bench.GetAsync("/a")).Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_sixth_redirect_is_one_too_many()
    {
        await using var bench = new FetchBench(request => WireReply.To($"{request.Path}x"));

        Assert.Contains("more than 5", Assert.IsType<Refused>(await bench.GetAsync("/")).Why, StringComparison.Ordinal);
        Assert.Equal(6, bench.Server.Requests.Count);
    }

    [Theory]
    [InlineData("file:///etc/passwd")]
    [InlineData("ftp://district.example/feed")]
    [InlineData("gopher://127.0.0.1:6379/_FLUSHALL")]
    [InlineData("data:text/xml,<rss/>")]
    [InlineData("http://")]
    [InlineData("")]
    public async Task A_redirect_to_what_is_no_http_address_is_refused(string location)
    {
        await using var bench = new FetchBench(_ => WireReply.To(location));

        Assert.IsType<Refused>(await bench.GetAsync());
    }

    [Fact]
    public async Task Authorization_stays_in_its_origin()
    {
        await using var other = new ScriptedServer(WireReply.Ok("x"));
        await using var bench = new FetchBench(request => request.Path == "/in" ? WireReply.To("/out") : WireReply.To(other.Url().ToString(), 302));

        await bench.GetAsync(new FetchRequest(bench.Server.Url("/in")) { Authorization = "Bearer secret" });

        Assert.All(bench.Server.Requests, request => Assert.Equal("Bearer secret", request["Authorization"]));
        Assert.Null(Assert.Single(other.Requests)["Authorization"]);
    }
}
