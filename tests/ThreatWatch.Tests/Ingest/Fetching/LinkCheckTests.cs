using ThreatWatch.Ingest.Fetching;
using ThreatWatch.Tests.Wire;

namespace ThreatWatch.Tests.Ingest.Fetching;

public sealed class LinkCheckTests
{
    [Theory]
    [InlineData(200, LinkState.There)]
    [InlineData(404, LinkState.Gone)]
    [InlineData(410, LinkState.Gone)]
    [InlineData(403, LinkState.Unknown)]
    [InlineData(503, LinkState.Unknown)]
    public async Task Only_an_answer_that_says_so_means_gone(int status, LinkState state)
    {
        await using var bench = new FetchBench(request => request.Path == "/post" ? WireReply.To("/post/slug") : WireReply.Of(status));

        Assert.Equal(state, await new LinkCheck(bench.Fetcher).LookAsync(bench.Server.Url("/post"), false, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_link_into_the_house_is_not_looked_at()
    {
        await using var bench = new FetchBench(_ => WireReply.Of(404), new FetchingOptions());

        Assert.Equal(LinkState.Unknown, await new LinkCheck(bench.Fetcher).LookAsync(bench.Server.Url("/admin"), false, TestContext.Current.CancellationToken));
        Assert.Empty(bench.Server.Requests);
    }
}
