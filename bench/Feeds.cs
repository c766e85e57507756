using System.Diagnostics;
using System.Globalization;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ThreatWatch.Core;
using ThreatWatch.Ingest;
using ThreatWatch.Ingest.Fetching;
using ThreatWatch.Ingest.Polling;
using ThreatWatch.Ingest.Sources;
using ThreatWatch.Platform.Hosting;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Bench;

/// <summary>The claim "10,000 feeds on one machine, each polled every five minutes, under 512 MB and one core": the real workers, fetcher and store against ten thousand hosts.</summary>
internal static class Feeds
{
    public static async Task<int> RunAsync(string[] args)
    {
        var (feeds, every, seconds) = (Option(args, "--feeds", 10_000), Option(args, "--every", 300), Option(args, "--seconds", 660));
        using var server = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, FeedServer.Verb) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        var folder = Directory.CreateTempSubdirectory("threatwatch-bench-");
        try
        {
            var port = int.Parse((await server.StandardOutput.ReadLineAsync())!, CultureInfo.InvariantCulture);
            await MeasureAsync(folder.FullName, port, feeds, every, seconds);
            return 0;
        }
        finally
        {
            server.StandardInput.Close();
            await server.WaitForExitAsync();
            folder.Delete(recursive: true);
        }
    }

    private static async Task MeasureAsync(string folder, int port, int feeds, int every, int seconds)
    {
        await using var services = Compose(folder, port, feeds, every);
        var database = services.GetRequiredService<Database>();
        database.Dialect.Migrate();
        var worker = services.GetServices<IHostedService>().OfType<SourceWorker>().Single();
        var self = Process.GetCurrentProcess();
        var watch = Stopwatch.StartNew();
        await worker.StartAsync(CancellationToken.None);
        // The first round reads every feed in full; what is claimed is the steady state after it.
        await Task.Delay(TimeSpan.FromSeconds(Math.Min(every, seconds / 2)), TimeProvider.System);
        var (firstCpu, firstAt, firstStats) = (self.TotalProcessorTime, watch.Elapsed, await StatsAsync(services, port));
        long peak = 0;
        while (watch.Elapsed < TimeSpan.FromSeconds(seconds))
        {
            await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System);
            self.Refresh();
            peak = Math.Max(peak, self.WorkingSet64);
        }

        var lastStats = await StatsAsync(services, port);
        self.Refresh();
        var (cpu, span) = (self.TotalProcessorTime - firstCpu, watch.Elapsed - firstAt);
        await worker.StopAsync(CancellationToken.None);
        var polls = lastStats[0] - firstStats[0];
        var posts = await database.CountAsync("select count(*) from posts", CancellationToken.None);
        System.Console.WriteLine("| feeds | every s | measured s | polls | polls/s | not modified | CPU ms/poll | cores | peak MB | peak MB with first round | longest gap s | posts kept |");
        System.Console.WriteLine("|---|---|---|---|---|---|---|---|---|---|---|---|");
        System.Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"| {feeds} | {every} | {span.TotalSeconds:0} | {polls} | {polls / span.TotalSeconds:0.0} | {100.0 * (lastStats[1] - firstStats[1]) / Math.Max(1, polls):0} % "
            + $"| {cpu.TotalMilliseconds / Math.Max(1, polls):0.00} | {cpu / span:0.00} | {peak / 1048576} | {self.PeakWorkingSet64 / 1048576} | {lastStats[2] / 1000.0:0} "
            + $"| {posts} |"));
    }

    private static ServiceProvider Compose(string folder, int port, int feeds, int every)
    {
        SettingsSection[] sections = [.. PlatformRegistration.Sections, .. IngestRegistration.Sections];
        var district = new District
        {
            Name = "Bench", Desk = "desk", Contact = "bench@district.example",
            Schools = [new School { Id = "cedar", Name = "Cedar Ridge High School" }],
            Officers = [new Officer { Id = "desk", Name = "Desk", Email = "desk@district.example" }],
        };
        var sources = Enumerable.Range(0, feeds).Select(i => new SourceOptions
        {
            Id = $"site-{i}", Url = new Uri($"http://site{i}.example:{port}/{i}"), Every = TimeSpan.FromSeconds(every),
            LegalBasis = "bench", Permission = "bench", ReviewedOn = new DateOnly(2026, 1, 1),
        }).ToList();
        var snapshot = SettingsSnapshot.Of(
            Path.Combine(folder, "threatwatch.json"), sections, district, sources,
            new StorageOptions { Path = "bench.db" }, new FetchingOptions { AllowedAddresses = ["127.0.0.1/32"] });
        var settings = new Settings(snapshot, sections);
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddPlatform(settings, new Roles([Roles.Ingest]));
        services.AddIngest();
        // Every site has a name, and so a host's turn and a connection pool of its own; all names lead here.
        services.AddSingleton(new Fetcher(settings, TimeProvider.System, (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Loopback])));
        return services.BuildServiceProvider();
    }

    private static async Task<long[]> StatsAsync(IServiceProvider services, int port)
    {
        var outcome = await services.GetRequiredService<Fetcher>().FetchAsync(new FetchRequest(new Uri($"http://stats.example:{port}/stats")), CancellationToken.None);
        var text = System.Text.Encoding.UTF8.GetString(((Fetched)outcome).Body.Span);
        return [.. text.Split(' ').Select(part => long.Parse(part, CultureInfo.InvariantCulture))];
    }

    private static int Option(string[] args, string name, int otherwise) =>
        Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length ? int.Parse(args[at + 1], CultureInfo.InvariantCulture) : otherwise;
}
