using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ThreatWatch.Alerting;
using ThreatWatch.Alerting.Notifying.Email;
using ThreatWatch.Alerting.Notifying.Sms;
using ThreatWatch.Alerting.Notifying.Twilio;
using ThreatWatch.Cli.Verbs;
using ThreatWatch.Core;
using ThreatWatch.EndToEnd.Machine;
using ThreatWatch.Platform.Hosting;
using ThreatWatch.Platform.Queue;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Bench;

/// <summary>
/// The claim "a thousand alerts at once reach two hundred officers' providers within a second at the 99th percentile": from the commit of
/// RiskDetected to the provider's acceptance, by e-mail and text message, stage by stage, on both ways.
/// </summary>
internal static class AlertsBench
{
    private const int Officers = 200;

    // The first finds code that was never run and no open connection.
    private const int Waves = 3;
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan AfterStart = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);
    private static readonly HttpClient Client = new(new SocketsHttpHandler { UseProxy = false });

    public static async Task<int> RunAsync(int count, string[] ways)
    {
        var machine = new TestMachine();
        await machine.InitializeAsync();
        var start = new ProcessStartInfo(Environment.ProcessPath!, AlertProviders.Verb) { RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (var (name, value) in AlertProviders.Settings)
            start.Environment[name] = value;
        using var providers = Process.Start(start)!;
        try
        {
            var ports = (await providers.StandardOutput.ReadLineAsync())!.Split(' ').Select(port => int.Parse(port, CultureInfo.InvariantCulture)).ToArray();
            System.Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{count} alerts at once, {Officers} officers, an e-mail and a text message each; milliseconds; {Environment.ProcessorCount} cores\n"));
            System.Console.WriteLine("| way | stage | median | 99th percentile | worst |\n|---|---|---|---|---|");
            foreach (var way in ways)
                await MeasureAsync(machine, way, count, ports[0], ports[1]);
            return 0;
        }
        finally
        {
            providers.StandardInput.Close();
            await providers.WaitForExitAsync();
            await machine.DisposeAsync();
        }
    }

    private static async Task MeasureAsync(TestMachine machine, string way, int count, int smtp, int http)
    {
        TestMachine.Require(RealDatabase.Missing);
        await using var server = way == "scaled" ? await RealDatabase.StartAsync(machine.NewFolder("database"), waitsForDisk: true) : null;
        var (storage, queue) = way == "scaled"
            ? (new StorageOptions { Provider = StorageProvider.PostgreSql, Connection = new Secret(await server!.NewDatabaseAsync()) },
                new QueueOptions { Provider = QueueProvider.RabbitMq, Uri = new Secret((await machine.BrokerAsync()).Uri), Prefix = machine.NewName("alerts") })
            : (new StorageOptions { Path = Path.Combine(machine.NewFolder("alerts"), "bench.db") }, new QueueOptions());
        var snapshot = SettingsSnapshot.Of(
            Path.Combine(machine.NewFolder("config"), "threatwatch.json"), ConfigFile.Sections, District(), Alerting(smtp, http), storage, queue,
            new HttpOptions { Listen = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{TestMachine.FreePort()}") }, new LogOptions { Level = LogLevel.Error });
        await using var app = RunVerb.Build(new Settings(snapshot, ConfigFile.Sections), new Roles([Roles.Alerting]));
        await StartUp.PrepareAsync(app.Services, CancellationToken.None);
        await app.StartAsync();
        var database = app.Services.GetRequiredService<Database>();
        // A district's daemon has been up for longer when an alert comes.
        await Task.Delay(AfterStart, TimeProvider.System);
        var self = Process.GetCurrentProcess();
        for (var (wave, sent) = (1, 0); wave <= Waves; wave++)
        {
            var cpu = self.TotalProcessorTime;
            var before = await AcceptedAsync(http);
            var from = await DetectAsync(app.Services, $"wave-{wave}", count);
            await SentAsync(database, http, before + (2 * count), sent += 2 * count);
            self.Refresh();
            cpu = self.TotalProcessorTime - cpu;
            await ReportAsync($"{way}, wave {wave}", database, from, http);
            System.Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {way}, wave {wave} | our CPU, all of them | {cpu.TotalMilliseconds:0} | | |"));
            await Task.Delay(Between, TimeProvider.System);
        }

        await app.StopAsync();
    }

    /// <summary>Posts of one family each, judged High, in one transaction; the instant before its commit, in microseconds since 1970.</summary>
    private static async Task<long> DetectAsync(IServiceProvider services, string name, int count)
    {
        var now = TimeProvider.System.GetUtcNow();
        var posts = Enumerable.Range(0, count).Select(i =>
        {
            var text = string.Create(CultureInfo.InvariantCulture, $"i am going to bring a gun to school {i % Officers} tomorrow, {name} {i}");
            return new Post(
                Ids.New(now), "bench", $"{name}-{i}", 1, null, text, $"https://town.example/{name}/{i}", $"@writer{i}", now, now,
                [new SchoolMatch(SchoolId(i % Officers), "names it")], Ids.Hash(text), Ids.Hash(text)[..16]);
        }).ToList();
        var database = services.GetRequiredService<Database>();
        var outbox = services.GetRequiredService<Outbox>();
        await using var work = await database.BeginAsync(CancellationToken.None);
        await PostStore.AddAsync(work, posts, CancellationToken.None);
        await AssessmentStore.AddAsync(
            work,
            [.. posts.Select(post => new Assessment(
                post.Id, RiskLevel.High, Category.Threat, 0.93, 0.02,
                [new Reason(ReasonKind.Element, "intent", -1, 0, 1), new Reason(ReasonKind.Word, "gun", post.FullText.IndexOf("gun", StringComparison.Ordinal), 3, 2)],
                "0123456789abcdef", "fedcba9876543210", "en", now))],
            CancellationToken.None);
        foreach (var post in posts)
            await outbox.AddAsync(work, Topics.RiskDetected, new RiskDetected(post.Id, RiskLevel.High, Category.Threat, [post.Schools[0].SchoolId], now), CancellationToken.None);
        var at = TimeProvider.System.GetUtcNow();
        await work.CommitAsync(CancellationToken.None);
        return Sql.Micros(at);
    }

    private static async Task<int> AcceptedAsync(int http) =>
        int.Parse(await Client.GetStringAsync(new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{http}/count"))), CultureInfo.InvariantCulture);

    // The database is asked last: each look at a table of thousands of rows would cost it what dozens of messages do.
    private static async Task SentAsync(Database database, int http, int accepted, int wanted)
    {
        while (await AcceptedAsync(http) < accepted)
            await Task.Delay(Look, TimeProvider.System);
        while (await database.CountAsync("select count(*) from notifications where state = 'Sent'", CancellationToken.None) < wanted)
            await Task.Delay(Look, TimeProvider.System);
    }

    private static async Task ReportAsync(string way, Database database, long from, int http)
    {
        var accepted = (await Client.GetStringAsync(new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{http}/accepted"))))
            .Split('\n').Select(line => line.Split(' ')).ToDictionary(parts => parts[0], parts => long.Parse(parts[1], CultureInfo.InvariantCulture));
        var rows = await database.QueryAsync(
            "select n.channel, n.provider_id, n.queued_at, n.sending_at, n.sent_at from notifications n where n.queued_at >= @from",
            reader => (Channel: reader.GetString(0), At: accepted[reader.GetString(1)], Queued: reader.GetInt64(2), Sending: reader.GetInt64(3), Sent: reader.GetInt64(4)),
            CancellationToken.None,
            ("@from", from));
        Write("RiskDetected to alert opened", rows.Select(row => row.Queued - from));
        foreach (var channel in rows.GroupBy(row => row.Channel).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            Write($"{channel.Key}: opened to taken up for sending", channel.Select(row => row.Sending - row.Queued));
            Write($"{channel.Key}: taken up to accepted by the provider", channel.Select(row => row.At - row.Sending));
            Write($"{channel.Key}: RiskDetected to accepted", channel.Select(row => row.At - from));
        }

        Write("**RiskDetected to accepted, all messages**", rows.Select(row => row.At - from));

        void Write(string stage, IEnumerable<long> micros)
        {
            var sorted = micros.Order().ToList();
            System.Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {way} | {stage} | {sorted[sorted.Count / 2] / 1000} | {sorted[(int)(sorted.Count * 0.99)] / 1000} | {sorted[^1] / 1000} |"));
        }
    }

    private static string SchoolId(int i) => string.Create(CultureInfo.InvariantCulture, $"school-{i}");

    private static District District() => new()
    {
        Name = "Bench", Desk = "desk", Contact = "bench@district.example",
        Schools = [.. Enumerable.Range(0, Officers).Select(i => new School { Id = SchoolId(i), Name = $"School {i}", Officers = [$"officer-{i}"] })],
        Officers =
        [
            new Officer { Id = "desk", Name = "Desk", Email = "desk@district.example" },
            .. Enumerable.Range(0, Officers).Select(i => new Officer
            {
                Id = $"officer-{i}", Name = $"Officer {i}", Email = $"officer{i}@district.example", Sms = string.Create(CultureInfo.InvariantCulture, $"+1555555{i:0000}"),
            }),
        ],
    };

    private static AlertingOptions Alerting(int smtp, int http) => new()
    {
        Email = new EmailOptions
        {
            From = "watch@district.example",
            Smtp = new SmtpOptions { Host = "127.0.0.1", Port = smtp, Security = SmtpSecurity.None, Connections = 20 },
        },
        Twilio = new TwilioOptions
        {
            AccountSid = "AC0123456789abcdef0123456789abcdef", AuthToken = new Secret("bench"), PerSecond = 1000,
            Url = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{http}")),
        },
        Sms = new SmsOptions { From = "+15555550190" },
    };
}
