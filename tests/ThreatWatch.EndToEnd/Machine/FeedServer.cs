using System.Globalization;
using System.Net;
using System.Security;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace ThreatWatch.EndToEnd.Machine;

/// <summary>A web server with an RSS feed to which a test adds posts.</summary>
public sealed class FeedServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly List<string> _items = [];
    private int _reads;

    private FeedServer(WebApplication app, int port)
    {
        _app = app;
        Url = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/feed.xml");
    }

    public string Url { get; }

    /// <summary>How often it was asked.</summary>
    public int Reads => _reads;

    public static async Task<FeedServer> StartAsync()
    {
        var port = TestMachine.FreePort();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(server => server.Listen(IPAddress.Loopback, port, listen => listen.Protocols = HttpProtocols.Http1));
        var app = builder.Build();
        var server = new FeedServer(app, port);
        app.MapGet("/feed.xml", () => Results.Text(server.Document(), "application/rss+xml", Encoding.UTF8));
        await app.StartAsync();
        return server;
    }

    /// <summary>Publishes a post.</summary>
    public void Add(string id, string text, string author = "somebody")
    {
        var item = $"<item><guid isPermaLink=\"false\">{id}</guid><link>http://127.0.0.1/{id}</link>"
            + $"<author>{SecurityElement.Escape(author)}</author><description>{SecurityElement.Escape(text)}</description></item>";
        lock (_items)
            _items.Add(item);
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private string Document()
    {
        Interlocked.Increment(ref _reads);
        lock (_items)
            return $"<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>A feed</title>{string.Concat(_items)}</channel></rss>";
    }
}
