using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ThreatWatch.Core;
using ThreatWatch.Ingest;
using ThreatWatch.Ingest.Intake;
using ThreatWatch.Ingest.Scoping;
using ThreatWatch.Ingest.Sources;
using ThreatWatch.Ingest.Sources.Jetstream;
using ThreatWatch.Ingest.Streaming;
using ThreatWatch.Platform.Hosting;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Bench;

/// <summary>
/// The claims "20,000 events of a Jetstream a second through parse and scope on one core" and "a post from a stream is in the store within
/// 50 ms at the 99th percentile": recorded events in a loop, then the real worker and store behind a server that sends as the network does.
/// </summary>
internal static class Jetstream
{
    public static async Task<int> RunAsync(string file, string[] args)
    {
        var lines = await File.ReadAllLinesAsync(file);
        var posts = lines.Where(line => line.Contains("\"collection\":\"app.bsky.feed.post\"", StringComparison.Ordinal)).ToArray();
        System.Console.WriteLine("| events | schools | phrases | events/s on one core | bytes allocated an event |\n|---|---|---|---|---|");
        foreach (var schools in new[] { 4, 400 })
        {
            Measure("recorded, all kinds", lines, schools);
            Measure("recorded, posts alone", posts, schools);
        }

        await MeasureLatencyAsync(posts, Option(args, "--rate", 100), Option(args, "--seconds", 30));
        return 0;
    }

    private static void Measure(string name, string[] lines, int schools)
    {
        var events = lines.Select(Encoding.UTF8.GetBytes).ToArray();
        var district = District(schools);
        var scope = new Scope(district);
        var source = Source(0);
        var (count, inScope) = (0L, 0L);
        Run(TimeSpan.FromSeconds(1));
        (count, inScope) = (0, 0);
        var (before, watch) = (GC.GetAllocatedBytesForCurrentThread(), Stopwatch.StartNew());
        Run(TimeSpan.FromSeconds(4));
        var (bytes, span) = (GC.GetAllocatedBytesForCurrentThread() - before, watch.Elapsed);
        System.Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"| {name} | {schools} | {district.Schools.Sum(school => 1 + school.Aliases.Count + school.Handles.Count + school.Mascots.Count)} | {count / span.TotalSeconds:N0} | {bytes / (double)count:0} |"));

        // Through the same door as in the daemon: parsed, brought into normal form, matched.
        void Run(TimeSpan length)
        {
            for (var clock = Stopwatch.StartNew(); clock.Elapsed < length;)
            {
                foreach (var line in events)
                {
                    count++;
                    if (JetstreamEvent.TryRead(line, out var read, out _) && read.Item is PostItem post
                        && IntakeDecision.Normalise(post) is { } normal && scope.Match(normal, source).Count > 0)
                    {
                        inScope++;
                    }
                }
            }
        }
    }

    private static async Task MeasureLatencyAsync(string[] posts, int rate, int seconds)
    {
        var folder = Directory.CreateTempSubdirectory("threatwatch-bench-");
        var connected = new TaskCompletionSource<WebSocket>();
        await using var server = await ServeAsync(connected);
        await using var services = Compose(folder.FullName, new Uri(server.Urls.Single().Replace("http", "ws", StringComparison.Ordinal)));
        var database = services.GetRequiredService<Database>();
        database.Dialect.Migrate();
        var worker = services.GetServices<IHostedService>().OfType<StreamWorker>().Single();
        await worker.StartAsync(CancellationToken.None);
        var socket = await connected.Task;
        using var turn = new SemaphoreSlim(1, 1);
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(seconds));
        var network = SendNetworkAsync(socket, turn, posts, rate, stop.Token);
        var latencies = new List<double>();
        var self = Process.GetCurrentProcess();
        var cpu = self.TotalProcessorTime;
        for (var i = 0; !stop.IsCancellationRequested; i++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(5, 60)), TimeProvider.System);
            var watch = Stopwatch.StartNew();
            await SendAsync(socket, turn, Event($"something happened at Cedar Ridge High School, number {i}", $"own{i}"));
            while (await database.CountAsync("select count(*) from posts where external_id = @id", CancellationToken.None, ("@id", $"at://did:plc:bench/app.bsky.feed.post/own{i}")) == 0)
                await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
            latencies.Add(watch.Elapsed.TotalMilliseconds);
        }

        self.Refresh();
        var cores = (self.TotalProcessorTime - cpu).TotalSeconds / seconds;
        await network;
        await worker.StopAsync(CancellationToken.None);
        latencies.Sort();
        System.Console.WriteLine("\n| other posts/s | posts in scope | ms to the store: median | 90 % | 99 % | worst | cores, server included |\n|---|---|---|---|---|---|---|");
        System.Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"| {rate} | {latencies.Count} | {At(0.5):0.0} | {At(0.9):0.0} | {At(0.99):0.0} | {latencies[^1]:0.0} | {cores:0.00} |"));
        folder.Delete(recursive: true);

        double At(double part) => latencies[(int)Math.Min(latencies.Count - 1, latencies.Count * part)];
    }

    // What the whole network says besides, at random distances as in life.
    private static async Task SendNetworkAsync(WebSocket socket, SemaphoreSlim turn, string[] posts, int rate, CancellationToken cancellationToken)
    {
        for (var i = 0; !cancellationToken.IsCancellationRequested; i++)
        {
            await SendAsync(socket, turn, posts[i % posts.Length]);
            var pause = -Math.Log(1 - Random.Shared.NextDouble()) / rate;
            await Task.Delay(TimeSpan.FromSeconds(pause), TimeProvider.System, CancellationToken.None);
        }
    }

    private static async Task SendAsync(WebSocket socket, SemaphoreSlim turn, string message)
    {
        await turn.WaitAsync();
        await socket.SendAsync(Encoding.UTF8.GetBytes(message), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
        turn.Release();
    }

    private static async Task<WebApplication> ServeAsync(TaskCompletionSource<WebSocket> connected)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1));
        var app = builder.Build();
        app.UseWebSockets();
        app.Run(async context =>
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            connected.TrySetResult(socket);
            var buffer = new byte[1024];
            while (socket.State == WebSocketState.Open && (await socket.ReceiveAsync(buffer, context.RequestAborted)).MessageType != WebSocketMessageType.Close)
            {
                // Nothing is said to a Jetstream.
            }
        });
        await app.StartAsync();
        return app;
    }

    private static ServiceProvider Compose(string folder, Uri url)
    {
        SettingsSection[] sections = [.. PlatformRegistration.Sections, .. IngestRegistration.Sections];
        IReadOnlyList<SourceOptions> sources = [Source(1) with { Url = url }];
        var settings = new Settings(SettingsSnapshot.Of(Path.Combine(folder, "threatwatch.json"), sections, District(4), sources, new StorageOptions { Path = "bench.db" }), sections);
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddPlatform(settings, new Roles([Roles.Ingest]));
        services.AddIngest();
        return services.BuildServiceProvider();
    }

    private static SourceOptions Source(int number) => new()
    {
        Id = string.Create(CultureInfo.InvariantCulture, $"bluesky-{number}"), Type = SourceType.Jetstream, AllowPrivateAddress = true,
        LegalBasis = "bench", Permission = "bench", ReviewedOn = new DateOnly(2026, 9, 1),
    };

    private static District District(int schools) => new()
    {
        Name = "Bench", Desk = "desk", Contact = "bench@district.example",
        Officers = [new Officer { Id = "desk", Name = "Desk", Email = "desk@district.example" }],
        Schools =
        [
            .. Enumerable.Range(0, schools).Select(i => new School
            {
                Id = $"school-{i}", Name = i == 0 ? "Cedar Ridge High School" : $"Maple {Word(i)} High School", Officers = ["desk"],
                Aliases = [.. Enumerable.Range(0, 8).Select(k => $"{Word(i)} {Word((k * 7) + 1)} High")],
                Handles = [$"@{Word(i)}hs", $"#{Word(i)}pride"], Mascots = [$"{Word(i + 3)}s"], Places = ["Maple Valley"],
            }),
        ],
    };

    private static string Word(int number) => string.Concat("Bel Cor Dan El Far Gil Har Is Jun Kel".Split(' ')[number % 10], "wood brook field ton ridge mont side vale".Split(' ')[number / 10 % 8], number / 80);

    private static string Event(string text, string key) => string.Create(
        CultureInfo.InvariantCulture,
        $$"""{"did":"did:plc:bench","time_us":{{(TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / 10}},"kind":"commit","commit":{"rev":"r","operation":"create","collection":"app.bsky.feed.post","rkey":"{{key}}","record":{"$type":"app.bsky.feed.post","text":"{{text}}"} } }""");

    private static int Option(string[] args, string name, int otherwise)
    {
        var at = Array.IndexOf(args, name);
        return at >= 0 && at + 1 < args.Length ? int.Parse(args[at + 1], CultureInfo.InvariantCulture) : otherwise;
    }
}
