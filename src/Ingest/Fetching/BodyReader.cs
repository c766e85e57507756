using System.Buffers;
using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using ZstdSharp;
using ZstdSharp.Unsafe;

namespace ThreatWatch.Ingest.Fetching;

/// <summary>Reads and decompresses a body within limits on size, inflation and silence. Our own, since the handler's decompression has no cap.</summary>
internal static class BodyReader
{
    /// <summary>What we ask for; more is not understood.</summary>
    public const string AcceptEncoding = "gzip, deflate, br, zstd";

    private const int MostLayers = 3;
    private const int RatioMattersFrom = 1024 * 1024;

    /// <summary>The body and its hash, or why not. <see cref="BodyRead.Bytes"/> is empty where the hash is <paramref name="knownHash"/>.</summary>
    /// <exception cref="IOException">The connection broke.</exception>
    /// <exception cref="OperationCanceledException">The time is up.</exception>
    public static async Task<BodyRead> ReadAsync(
        HttpResponseMessage response, string? knownHash, FetchingOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        if (response.Content.Headers.ContentLength > options.MaxBytes)
            return BodyRead.Refused(TooLarge(options));
        using var stall = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, stall.Token);
        var wire = new MeteredStream(
            await response.Content.ReadAsStreamAsync(either.Token), options.MaxBytes, () => stall.CancelAfter(options.StallTimeout));
        var (body, why) = await DecompressAsync(wire, response, options, either.Token);
        await using var disposal = body;
        if (why is not null)
            return BodyRead.Refused(why);
        var buffer = ArrayPool<byte>.Shared.Rent(32 * 1024);
        try
        {
            var length = 0;
            for (;;)
            {
                if (length == buffer.Length)
                    buffer = Grow(buffer);
                var got = await body.ReadAsync(buffer.AsMemory(length), either.Token);
                if (got == 0)
                    break;
                length += got;
                if (length > options.MaxBytes)
                    return BodyRead.Refused(TooLarge(options));
                if (length > RatioMattersFrom && length > wire.Count * options.MaxInflation)
                    return BodyRead.Refused($"a body that grows more than {options.MaxInflation} times in decompression");
            }

            var hash = Convert.ToHexStringLower(SHA256.HashData(buffer.AsSpan(0, length)));
            return new BodyRead(hash == knownHash ? [] : buffer.AsSpan(0, length).ToArray(), hash, null);
        }
        catch (BodyTooLargeException)
        {
            return BodyRead.Refused(TooLarge(options));
        }
        catch (Exception exception) when (exception is InvalidDataException or InvalidOperationException or ZstdException)
        {
            // Brotli's stream says InvalidOperation where the others say InvalidData.
            return BodyRead.Refused("a body whose compression is broken");
        }
        catch (OperationCanceledException) when (stall.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new IOException(string.Create(CultureInfo.InvariantCulture, $"no byte came for {options.StallTimeout.TotalSeconds:0.#} s"));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static async Task<(Stream Body, string? Why)> DecompressAsync(
        MeteredStream wire, HttpResponseMessage response, FetchingOptions options, CancellationToken cancellationToken)
    {
        var layers = new FetchHeaders(response).All("Content-Encoding")
            .SelectMany(value => value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            .Select(name => name.ToLowerInvariant())
            .Where(name => name is not "identity")
            .Reverse()
            .ToList();
        if (layers.Count > MostLayers)
            return (wire, $"more than {MostLayers} layers of compression");
        var body = wire;
        foreach (var layer in layers)
        {
            Stream? inflated = layer switch
            {
                "gzip" or "x-gzip" => new GZipStream(body, CompressionMode.Decompress),
                "zstd" => Zstd(body),
                "br" => new BrotliStream(body, CompressionMode.Decompress),
                "deflate" when await HasZlibHeaderAsync(body, cancellationToken) => new ZLibStream(body, CompressionMode.Decompress),
                "deflate" => new DeflateStream(body, CompressionMode.Decompress),
                _ => null,
            };
            if (inflated is null)
                return (body, $"the content encoding \"{layer}\", which was not asked for");
            // One more byte, so that the limit is noticed by whoever reads.
            body = new MeteredStream(inflated, options.MaxBytes + 1L);
        }

        return (body, null);
    }

    // A frame may ask for a window of 128 MiB; more than 8 MiB has no place in HTTP (RFC 9659).
    private static DecompressionStream Zstd(Stream body)
    {
        var stream = new DecompressionStream(body, leaveOpen: false);
        stream.SetParameter(ZSTD_dParameter.ZSTD_d_windowLogMax, 23);
        return stream;
    }

    // "deflate" means zlib (RFC 9110), but servers send bare deflate too.
    private static async Task<bool> HasZlibHeaderAsync(MeteredStream body, CancellationToken cancellationToken)
    {
        var head = await body.PeekAsync(2, cancellationToken);
        return head.Length == 2 && (head[0] & 0x0F) == 8 && ((head[0] << 8) | head[1]) % 31 == 0;
    }

    private static byte[] Grow(byte[] buffer)
    {
        var larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
        buffer.CopyTo(larger, 0);
        ArrayPool<byte>.Shared.Return(buffer);
        return larger;
    }

    private static string TooLarge(FetchingOptions options) =>
        string.Create(CultureInfo.InvariantCulture, $"a body of more than {options.MaxBytes / 1048576.0:0.#} MiB");
}

/// <summary>A body, or why it was refused.</summary>
internal sealed record BodyRead(byte[] Bytes, string Hash, string? Why)
{
    public static BodyRead Refused(string why) => new([], "", why);
}
