using System.IO.Compression;
using System.Text;
using ThreatWatch.Ingest.Fetching;
using ThreatWatch.Tests.Wire;
using ZstdSharp;
using ZstdSharp.Unsafe;

namespace ThreatWatch.Tests.Ingest.Fetching;

public sealed class BodyTests
{
    private const int Mebi = 1024 * 1024;
    private static readonly byte[] Feed = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 2000).Select(i => $"<item>{i}</item>")));

    [Theory]
    [InlineData("gzip")]
    [InlineData("x-gzip")]
    [InlineData("GZip")]
    [InlineData("deflate")]
    [InlineData("raw deflate")]
    [InlineData("br")]
    [InlineData("zstd")]
    [InlineData("zstd, gzip")]
    [InlineData("deflate, gzip")]
    [InlineData("gzip, gzip, br")]
    [InlineData("identity")]
    public async Task Every_compression_that_is_asked_for_is_undone(string encodings)
    {
        var wire = encodings.Split(", ").Aggregate(Feed, (bytes, name) => Pack(name, bytes));
        await using var bench = new FetchBench(_ => WireReply.Of(200, wire, $"Content-Encoding: {encodings.Replace("raw ", "", StringComparison.Ordinal)}"));

        Assert.Equal(Feed, Assert.IsType<Fetched>(await bench.GetAsync()).Body.ToArray());
        Assert.Equal("gzip, deflate, br, zstd", Assert.Single(bench.Server.Requests)["Accept-Encoding"]);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    [InlineData("br")]
    [InlineData("zstd")]
    [InlineData("zstd, zstd")]
    [InlineData("gzip, gzip")]
    [InlineData("gzip, br")]
    public async Task A_bomb_is_refused_while_it_is_small(string encodings)
    {
        var wire = encodings.Split(", ").Aggregate(new byte[32 * Mebi], (bytes, name) => Pack(name, bytes));
        await using var bench = new FetchBench(_ => WireReply.Of(200, wire, $"Content-Encoding: {encodings}"));

        Assert.Matches("more than 10 MiB|grows more than 200 times", Assert.IsType<Refused>(await bench.GetAsync()).Why);
    }

    [Fact]
    public async Task A_bomb_that_hides_in_the_middle_layer_is_refused()
    {
        // The inner layer is half a million empty members: it never gives a byte, and only the layer between shows the size.
        var empty = Convert.FromHexString("1f8b080000000000000303000000000000000000");
        var members = Enumerable.Repeat(empty, 12 * Mebi / empty.Length).SelectMany(bytes => bytes).ToArray();
        await using var bench = new FetchBench(_ => WireReply.Of(200, Pack("gzip", members), "Content-Encoding: gzip, gzip"));

        Assert.Contains("more than 10 MiB", Assert.IsType<Refused>(await bench.GetAsync()).Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_over_the_cap_is_refused_with_and_without_a_length()
    {
        var large = new byte[11 * Mebi];
        await using var bench = new FetchBench(request => request.Path == "/told"
            ? WireReply.Raw(WireReply.Head(200, $"Content-Length: {200 * Mebi}"), "<rss>", null)
            : WireReply.Raw(WireReply.Head(200, "Connection: close"), large));

        Assert.Equal("a body of more than 10 MiB", Assert.IsType<Refused>(await bench.GetAsync("/told")).Why);
        Assert.Equal("a body of more than 10 MiB", Assert.IsType<Refused>(await bench.GetAsync("/untold")).Why);
    }

    [Theory]
    [InlineData("compress")]
    [InlineData("gzip, gzip, gzip, gzip")]
    public async Task Encodings_that_were_not_asked_for_are_refused(string encodings)
    {
        await using var bench = new FetchBench(_ => WireReply.Of(200, Feed, $"Content-Encoding: {encodings}"));

        Assert.IsType<Refused>(await bench.GetAsync());
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    [InlineData("br")]
    [InlineData("zstd")]
    public async Task What_only_claims_to_be_compressed_is_refused(string encoding)
    {
        await using var bench = new FetchBench(_ => WireReply.Of(200, Encoding.UTF8.GetBytes("<rss version=\"2.0\"/>"), $"Content-Encoding: {encoding}"));

        Assert.Contains("compression is broken", Assert.IsType<Refused>(await bench.GetAsync()).Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_zstd_frame_that_asks_for_more_memory_than_http_allows_is_refused()
    {
        using var packed = new MemoryStream();
        using (var stream = new CompressionStream(packed, leaveOpen: true))
        {
            stream.SetParameter(ZSTD_cParameter.ZSTD_c_windowLog, 27);
            stream.Write(Feed);
        }

        await using var bench = new FetchBench(_ => WireReply.Of(200, packed.ToArray(), "Content-Encoding: zstd"));
        Assert.Contains("compression is broken", Assert.IsType<Refused>(await bench.GetAsync()).Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_zstd_body_that_is_cut_off_is_no_feed()
    {
        var wire = Pack("zstd", Feed);
        await using var bench = new FetchBench(_ => WireReply.Of(200, wire[..^20], "Content-Encoding: zstd"));
        Assert.IsNotType<Fetched>(await bench.GetAsync());
    }

    private static byte[] Pack(string encoding, byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (Stream stream = encoding.ToLowerInvariant() switch
        {
            "gzip" or "x-gzip" => new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true),
            "deflate" => new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true),
            "raw deflate" => new DeflateStream(packed, CompressionLevel.Fastest, leaveOpen: true),
            "zstd" => new CompressionStream(packed, leaveOpen: true),
            "br" => new BrotliStream(packed, CompressionLevel.Fastest, leaveOpen: true),
            _ => new BufferedStream(packed),
        })
        {
            if (encoding == "identity")
                return bytes;
            stream.Write(bytes);
        }

        return packed.ToArray();
    }
}
