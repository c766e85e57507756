using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
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
/// A mail server and a Twilio that answer at once, in a process of their own so that their time is not counted as ours; each notes when
/// it accepted what, under the id that the sender keeps.
/// </summary>
internal static class AlertProviders
{
    public const string Verb = "alert-providers";

    // A provider that answers at once has been up for long.
    private const int WarmUps = 300;

    private static readonly ConcurrentQueue<(string Id, long Micros)> Accepted = new();
    private static int _messages;

    public static async Task<int> RunAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using var app = builder.Build();
        app.MapGet("/accepted", () => string.Join('\n', Accepted.Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Id} {pair.Micros}"))));
        app.MapGet("/2010-04-01/Accounts/{account}.json", () => """{"status":"active"}""");
        app.MapPost("/2010-04-01/Accounts/{account}/Messages.json", AcceptMessageAsync);
        await app.StartAsync();
        using var smtp = new TcpListener(IPAddress.Loopback, 0);
        smtp.Start(512);
        _ = ListenAsync(smtp);
        var http = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        await WarmUpAsync((IPEndPoint)smtp.LocalEndpoint, new Uri(http));
        System.Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{((IPEndPoint)smtp.LocalEndpoint).Port} {new Uri(http).Port}"));
        // The bench closes our input when it is done.
        while (await System.Console.In.ReadLineAsync() is not null)
        {
        }

        return 0;
    }

    private static async Task WarmUpAsync(IPEndPoint smtp, Uri http)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = http };
        using var mail = new TcpClient { NoDelay = true };
        await mail.ConnectAsync(smtp);
        await using var stream = mail.GetStream();
        using var reader = new StreamReader(stream, Encoding.Latin1);
        await reader.ReadLineAsync();
        for (var i = 0; i < WarmUps; i++)
        {
            using var form = new FormUrlEncodedContent([new("To", "+15555550123"), new("Body", "warm-up")]);
            using var answer = await client.PostAsync(new Uri("/2010-04-01/Accounts/AC0/Messages.json", UriKind.Relative), form);
            foreach (var command in new[] { "MAIL FROM:<a@b>\r\n", "RCPT TO:<a@b>\r\n", "DATA\r\n", $"Message-Id: <{i}>\r\n\r\nwarm-up\r\n.\r\n" })
            {
                await stream.WriteAsync(Encoding.ASCII.GetBytes(command));
                await reader.ReadLineAsync();
            }
        }

        Accepted.Clear();
    }

    private static async Task AcceptMessageAsync(HttpContext context)
    {
        _ = await context.Request.ReadFormAsync();
        var sid = string.Create(CultureInfo.InvariantCulture, $"SM{Interlocked.Increment(ref _messages):x32}");
        Note(sid);
        context.Response.StatusCode = StatusCodes.Status201Created;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync($$"""{"sid":"{{sid}}","status":"queued"}""");
    }

    private static async Task ListenAsync(TcpListener listener)
    {
        while (true)
        {
            var client = await listener.AcceptTcpClientAsync();
            client.NoDelay = true;
            _ = ConverseAsync(client);
        }
    }

    private static async Task ConverseAsync(TcpClient client)
    {
        using var connection = client;
        await using var stream = client.GetStream();
        using var reader = new StreamReader(stream, Encoding.Latin1);
        await using var writer = new StreamWriter(stream, Encoding.Latin1) { NewLine = "\r\n" };
        var id = "";
        try
        {
            await SayAsync("220 bench");
            while (await reader.ReadLineAsync() is { } line)
            {
                var verb = line.Split(' ', ':')[0].ToUpperInvariant();
                switch (verb)
                {
                    case "EHLO":
                        await SayAsync("250-bench\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 DSN");
                        break;
                    case "DATA":
                        await SayAsync("354 go on");
                        while (await reader.ReadLineAsync() is { } text && text != ".")
                        {
                            if (text.StartsWith("Message-Id:", StringComparison.OrdinalIgnoreCase))
                                id = text["Message-Id:".Length..].Trim();
                        }

                        Note(id);
                        await SayAsync("250 2.0.0 taken");
                        break;
                    case "QUIT":
                        await SayAsync("221 bye");
                        return;
                    default:
                        await SayAsync("250 2.0.0 OK");
                        break;
                }
            }
        }
        catch (IOException)
        {
            // The other side hung up.
        }

        async Task SayAsync(string text)
        {
            await writer.WriteLineAsync(text);
            await writer.FlushAsync();
        }
    }

    private static void Note(string id) => Accepted.Enqueue((id, (TimeProvider.System.GetUtcNow().UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / 10));
}
