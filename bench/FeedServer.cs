using System.Collections.Concurrent;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ThreatWatch.Bench;

/// <summary>
/// Ten thousand small sites in a process of its own, so that its memory and time are not counted as ours: a tenth of the looks finds a
/// new entry, a fifth of the sites ignores validators, half compress, one in fifty fails.
/// </summary>
internal static class FeedServer
{
    public const string Verb = "feed-server";

    private const int Entries = 20;

    private static readonly string Filler = string.Join(' ', Enumerable.Repeat("The board met on Tuesday and heard about the new gym, the bus routes and the lunch menu.", 5));
    private static readonly ConcurrentDictionary<int, Site> Sites = new();
    private static long _requests;
    private static long _notModified;
    private static long _maxGapMs;

    /// <param name="certificate">The authority's PFX file, to speak TLS; null for none.</param>
    public static async Task<int> RunAsync(string? certificate)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0, listen =>
        {
            if (certificate is not null)
                listen.UseHttps(https => https.ServerCertificateSelector = BenchCertificates.Of(certificate));
        }));
        builder.WebHost.UseKestrelHttpsConfiguration();
        await using var app = builder.Build();
        app.MapGet("/stats", () => string.Create(CultureInfo.InvariantCulture, $"{_requests} {_notModified} {_maxGapMs}"));
        app.MapGet("/{site:int}", AnswerAsync);
        await app.StartAsync();
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        System.Console.WriteLine(new Uri(address).Port);
        // The bench closes our input when it is done.
        while (await System.Console.In.ReadLineAsync() is not null)
        {
        }

        return 0;
    }

    private static async Task AnswerAsync(int site, HttpContext context)
    {
        Interlocked.Increment(ref _requests);
        var state = Sites.GetOrAdd(site, _ => new Site());
        var gap = state.Look();
        if (gap > Interlocked.Read(ref _maxGapMs))
            Interlocked.Exchange(ref _maxGapMs, gap);
        if (site % 50 == 49)
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return;
        }

        var etag = $"\"{state.Version}\"";
        context.Response.Headers.ETag = etag;
        if (site % 5 != 0 && context.Request.Headers.IfNoneMatch == etag)
        {
            Interlocked.Increment(ref _notModified);
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        context.Response.ContentType = "application/rss+xml";
        var body = Encoding.UTF8.GetBytes(Document(site, state.Version));
        if (site % 2 == 0)
        {
            context.Response.Headers.ContentEncoding = "gzip";
            await using var gzip = new GZipStream(context.Response.Body, CompressionLevel.Fastest);
            await gzip.WriteAsync(body);
        }
        else
        {
            await context.Response.Body.WriteAsync(body);
        }
    }

    private static string Document(int site, int version)
    {
        var text = new StringBuilder($"<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>Site {site}</title><ttl>5</ttl>");
        for (var i = version + Entries; i > version; i--)
        {
            var names = (site + i) % 200 == 0 ? "Cedar Ridge High School" : "The town";
            text.Append(CultureInfo.InvariantCulture, $"<item><guid>{site}-{i}</guid><title>Item {i}</title><link>http://site{site}.example/{i}</link>")
                .Append(CultureInfo.InvariantCulture, $"<description>&lt;p&gt;{names}, {i}: {Filler}&lt;/p&gt;</description></item>");
        }

        return text.Append("</channel></rss>").ToString();
    }

    private sealed class Site
    {
        private long _lastMs;

        public int Version { get; private set; }

        /// <summary>Notes a look; returns the milliseconds since the last.</summary>
        public long Look()
        {
            var now = Environment.TickCount64;
            var gap = _lastMs == 0 ? 0 : now - _lastMs;
            _lastMs = now;
            if (Random.Shared.Next(10) == 0)
                Version++;
            return gap;
        }
    }
}
