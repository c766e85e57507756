using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ThreatWatch.Classifier;
using ThreatWatch.Cli.Verbs;
using ThreatWatch.Core;
using ThreatWatch.EndToEnd.Machine;
using ThreatWatch.Ingest.Intake;
using ThreatWatch.Ingest.Sources;
using ThreatWatch.Platform.Hosting;
using ThreatWatch.Platform.Queue;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Bench;

/// <summary>
/// The claims on throughput, in one run and one table: posts a second through the front door, the classifier and the settlement, on both ways, each
/// beside what the same database and broker do with rows and messages of the same size and nothing else.
/// </summary>
internal static class PipelineBench
{
    private const int BatchPosts = 500;
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    public static async Task<int> RunAsync(int count)
    {
        var machine = new TestMachine();
        await machine.InitializeAsync();
        try
        {
            var posts = MakePosts(count);
            var bytes = posts.Average(post => post.Text.Length);
            var rows = new List<(string What, double PerSecond)>();
            using (var sqlite = (SqliteDialect)Database.Open(new StorageOptions { Path = Path.Combine(machine.NewFolder("raw"), "raw.db") }, "/").Dialect)
                rows.Add(("SQLite alone: rows inserted, batches of 500", await RawRows.MeasureAsync(sqlite, posts)));
            var embedded = await ThroughAsync(posts, new StorageOptions { Path = Path.Combine(machine.NewFolder("embedded"), "bench.db") }, new QueueOptions());
            rows.Add(("embedded way: posts stored, judged, settled", embedded));

            var database = await machine.DatabaseAsync();
            var broker = await machine.BrokerAsync();
            using (var postgres = (PostgresDialect)Database.Open(Postgres(await database.NewDatabaseAsync()), "/").Dialect)
                rows.Add(("PostgreSQL alone: rows inserted, batches of 500", await RawRows.MeasureAsync(postgres, posts)));
            var (published, delivered) = await RawBroker.MeasureAsync(broker.Uri, machine.NewName("raw"), posts);
            rows.Add(("RabbitMQ alone: confirmed publishes to a quorum queue", published));
            rows.Add(("RabbitMQ alone: deliveries acknowledged one by one", delivered));
            var scaled = await ThroughAsync(
                posts, Postgres(await database.NewDatabaseAsync()),
                new QueueOptions { Provider = QueueProvider.RabbitMq, Uri = new Secret(broker.Uri), Prefix = machine.NewName("bench") });
            rows.Add(("RabbitMQ + PostgreSQL way: posts stored, judged, settled", scaled));

            System.Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{posts.Count:N0} posts of {bytes:0} characters on average, {Environment.ProcessorCount} cores\n\n| what | a second |\n|---|---|"));
            foreach (var (what, perSecond) in rows)
                System.Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {what} | {perSecond:N0} |"));
            var rawSqlite = rows[0].PerSecond;
            System.Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"\nembedded way / SQLite alone: {embedded / rawSqlite:0.00}; RabbitMQ + PostgreSQL way / the slower of its parts alone: {scaled / rows.Skip(2).Take(3).Min(row => row.PerSecond):0.00}"));
            return 0;
        }
        finally
        {
            await machine.DisposeAsync();
        }
    }

    private static StorageOptions Postgres(string connection) => new() { Provider = StorageProvider.PostgreSql, Connection = new Secret(connection) };

    private static async Task<double> ThroughAsync(List<PostItem> posts, StorageOptions storage, QueueOptions queue)
    {
        var config = Path.Combine(TestMachine.Checkout, "config", "threatwatch.json");
        var shipped = SettingsSnapshot.Load(config, ConfigFile.Sections).Snapshot!;
        var source = new SourceOptions { Id = "bench", Type = SourceType.Ndjson, Path = "none", Schools = ["cedar-ridge-high"], LegalBasis = "bench", Permission = "bench", ReviewedOn = new DateOnly(2026, 9, 1) };
        var snapshot = SettingsSnapshot.Of(
            config, ConfigFile.Sections, shipped.Get<District>(), shipped.Get<ClassifierOptions>(), storage, queue,
            new HttpOptions { Listen = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{TestMachine.FreePort()}") }, new LogOptions { Level = LogLevel.Error });
        await using var app = RunVerb.Build(new Settings(snapshot, ConfigFile.Sections), new Roles([Roles.Classifier]));
        await StartUp.PrepareAsync(app.Services, CancellationToken.None);
        await app.StartAsync();
        var database = app.Services.GetRequiredService<Database>();
        using var door = DoorOf(app.Services);
        // The model loads with the first post.
        await StoreAsync(door, source, [posts[0]]);
        await JudgedAsync(database, 1);

        var start = Stopwatch.GetTimestamp();
        foreach (var batch in posts.Skip(1).Chunk(BatchPosts))
            await StoreAsync(door, source, batch);
        await JudgedAsync(database, posts.Count);
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        await app.StopAsync();
        return (posts.Count - 1) / seconds;
    }

    private static FrontDoor DoorOf(IServiceProvider services) => ActivatorUtilities.CreateInstance<FrontDoor>(
        services, ActivatorUtilities.CreateInstance<Ingest.Scoping.ScopeOfDistrict>(services), ActivatorUtilities.CreateInstance<Ingest.Families.FamilyBook>(services));

    private static Task<IntakeResult> StoreAsync(FrontDoor door, SourceOptions source, IReadOnlyList<PostItem> posts) =>
        door.StoreAsync(source, new SourceBatch([.. posts], null), CancellationToken.None);

    private static async Task JudgedAsync(Database database, int wanted)
    {
        while (await database.CountAsync("select count(*) from assessments", CancellationToken.None) < wanted)
            await Task.Delay(Look, TimeProvider.System);
    }

    /// <summary>Harmless posts of the corpus, each once and as it is; a thousandth threats, as in a bad month.</summary>
    private static List<PostItem> MakePosts(int count)
    {
        var folder = Path.Combine(TestMachine.Checkout, "models", "corpus");
        var benign = Directory.GetFiles(folder, "*.ndjson").Order().SelectMany(File.ReadLines)
            .Select(line => System.Text.Json.JsonDocument.Parse(line).RootElement)
            .Where(row => row.GetProperty("label").GetString() == "benign")
            .Select(row => row.GetProperty("text").GetString()!).ToList();
        return [.. Enumerable.Range(0, Math.Min(count, benign.Count)).Select(i => new PostItem(
            string.Create(CultureInfo.InvariantCulture, $"post-{i}"),
            i % 1000 == 999
                ? string.Create(CultureInfo.InvariantCulture, $"im bringing a gun to school and shooting everyone in room {i}")
                : benign[(int)(i * 7919L % benign.Count)],
            Author: "somebody",
            IsFirst: true))];
    }
}
