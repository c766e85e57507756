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

    /// <summary>A provider has been up for years: nothing of it is compiled while a wave is measured, nothing waits for the next request by spinning.</summary>
    public static readonly IReadOnlyDictionary<string, string> Settings = new Dictionary<string, string>
    {
        ["DOTNET_TieredCompilation"] = "0",
        ["DOTNET_ReadyToRun"] = "0",
        ["DOTNET_ThreadPool_UnfairSemaphoreSpinLimit"] = "0",
        ["DOTNET_GCgen0size"] = "4000000",
    };

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
        app.MapGet("/count", () => Accepted.Count.ToString(CultureInfo.InvariantCulture));
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
        await context.Request.Body.CopyToAsync(Stream.Null);
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
            var client = await listener.AcceptSocketAsync();
            client.NoDelay = true;
            _ = ConverseAsync(client);
        }
    }

    // What stands in for another machine shall cost this one little: bytes are looked through, not read line by line, and answers that belong together leave together.
    private static async Task ConverseAsync(Socket client)
    {
        using var connection = client;
        var (buffer, from, to) = (new byte[128 * 1024], 0, 0);
        var answers = new StringBuilder("220 bench\r\n");
        try
        {
            while (true)
            {
                var end = buffer.AsSpan(from, to - from).IndexOf("\r\n"u8);
                if (end < 0)
                {
                    await client.SendAsync(Encoding.ASCII.GetBytes(answers.ToString()));
                    answers.Clear();
                    if (!await MoreAsync())
                        return;
                    continue;
                }

                var verb = Encoding.ASCII.GetString(buffer, from, Math.Min(end, 4)).ToUpperInvariant();
                from += end + 2;
                answers.Append(verb switch
                {
                    "EHLO" => "250-bench\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 DSN\r\n",
                    "DATA" => "354 go on\r\n",
                    "QUIT" => "221 bye\r\n",
                    _ => "250 2.0.0 OK\r\n",
                });
                if (verb != "DATA")
                    continue;
                await client.SendAsync(Encoding.ASCII.GetBytes(answers.ToString()));
                answers.Clear();
                while ((end = buffer.AsSpan(from, to - from).IndexOf("\r\n.\r\n"u8)) < 0)
                {
                    if (!await MoreAsync())
                        return;
                }

                var mail = buffer.AsSpan(from, end);
                var id = mail[(mail.IndexOf("Message-Id: "u8) + "Message-Id: ".Length)..];
                Note(Encoding.ASCII.GetString(id[..id.IndexOf((byte)'\r')]));
                from += end + 5;
                answers.Append("250 2.0.0 taken\r\n");
            }
        }
        catch (SocketException)
        {
            // The other side hung up.
        }

        async Task<bool> MoreAsync()
        {
            buffer.AsSpan(from, to - from).CopyTo(buffer);
            (from, to) = (0, to - from);
            var read = await client.ReceiveAsync(buffer.AsMemory(to));
            to += read;
            return read > 0;
        }
    }

    private static void Note(string id) => Accepted.Enqueue((id, (TimeProvider.System.GetUtcNow().UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / 10));
}
