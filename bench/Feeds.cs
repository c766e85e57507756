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
    private const string Certificate = "THREATWATCH_BENCH_CERTIFICATE";

    public static async Task<int> RunAsync(string[] args)
    {
        var (feeds, every, seconds) = (Option(args, "--feeds", 10_000), Option(args, "--every", 300), Option(args, "--seconds", 660));
        var folder = Directory.CreateTempSubdirectory("threatwatch-bench-");
        if (args.Contains("--tls") && Environment.GetEnvironmentVariable(Certificate) is null)
            return await AgainAsync(folder, args);
        List<string> verb = [FeedServer.Verb];
        if (Environment.GetEnvironmentVariable(Certificate) is { } certificate)
            verb.Add(certificate);
        using var server = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, verb) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        try
        {
            var port = int.Parse((await server.StandardOutput.ReadLineAsync())!, CultureInfo.InvariantCulture);
            await MeasureAsync(folder.FullName, port, verb.Count > 1 ? "https" : "http", feeds, every, seconds);
            return 0;
        }
        finally
        {
            server.StandardInput.Close();
            await server.WaitForExitAsync();
            folder.Delete(recursive: true);
        }
    }

    /// <summary>The same in a process that trusts the authority of all sites: trust is settled when a process starts.</summary>
    private static async Task<int> AgainAsync(DirectoryInfo folder, string[] args)
    {
        var (whole, trusted) = (Path.Combine(folder.FullName, "all.pfx"), Path.Combine(folder.FullName, "trusted.pem"));
        BenchCertificates.MakeAuthority(whole, trusted);
        var start = new ProcessStartInfo(Environment.ProcessPath!, ["feeds", .. args]);
        start.Environment[Certificate] = whole;
        start.Environment["SSL_CERT_FILE"] = trusted;
        using var child = Process.Start(start)!;
        await child.WaitForExitAsync();
        folder.Delete(recursive: true);
        return child.ExitCode;
    }

    private static async Task MeasureAsync(string folder, int port, string scheme, int feeds, int every, int seconds)
    {
        await using var services = Compose(folder, port, scheme, feeds, every);
        var database = services.GetRequiredService<Database>();
        database.Dialect.Migrate();
        var worker = services.GetServices<IHostedService>().OfType<SourceWorker>().Single();
        var self = Process.GetCurrentProcess();
        var watch = Stopwatch.StartNew();
        await worker.StartAsync(CancellationToken.None);
        // The first round reads every feed in full; what is claimed is the steady state after it.
        await Task.Delay(TimeSpan.FromSeconds(Math.Min(every, seconds / 2)), TimeProvider.System);
        var (firstCpu, firstAt, firstStats) = (self.TotalProcessorTime, watch.Elapsed, await StatsAsync(services, scheme, port));
        long peak = 0;
        while (watch.Elapsed < TimeSpan.FromSeconds(seconds))
        {
            await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System);
            self.Refresh();
            peak = Math.Max(peak, self.WorkingSet64);
        }

        var lastStats = await StatsAsync(services, scheme, port);
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

    private static ServiceProvider Compose(string folder, int port, string scheme, int feeds, int every)
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
            Id = $"site-{i}", Url = new Uri($"{scheme}://site{i}.example:{port}/{i}"), Every = TimeSpan.FromSeconds(every),
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

    private static async Task<long[]> StatsAsync(IServiceProvider services, string scheme, int port)
    {
        var outcome = await services.GetRequiredService<Fetcher>().FetchAsync(new FetchRequest(new Uri($"{scheme}://stats.example:{port}/stats")), CancellationToken.None);
        var text = System.Text.Encoding.UTF8.GetString(((Fetched)outcome).Body.Span);
        return [.. text.Split(' ').Select(part => long.Parse(part, CultureInfo.InvariantCulture))];
    }

    private static int Option(string[] args, string name, int otherwise) =>
        Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length ? int.Parse(args[at + 1], CultureInfo.InvariantCulture) : otherwise;
}
