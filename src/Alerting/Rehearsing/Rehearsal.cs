using System.Data.Common;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using ThreatWatch.Alerting.Escalation;
using ThreatWatch.Alerting.Intake;
using ThreatWatch.Alerting.Notifying;
using ThreatWatch.Alerting.Notifying.Email;
using ThreatWatch.Alerting.Notifying.Sms;
using ThreatWatch.Alerting.Notifying.Twilio;
using ThreatWatch.Core;
using ThreatWatch.Platform.Hosting;
using ThreatWatch.Platform.Queue;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Alerting.Rehearsing;

/// <summary>
/// Takes made-up alerts through the whole role, from the queue to an acknowledgement, on a database (or schema) of their own that is thrown
/// away and to providers that are ourselves: code runs slowly the first time, and that shall not be while somebody waits for a warning.
/// </summary>
internal static class Rehearsal
{
    private const string Prefix = "threatwatch-rehearsal-";

    // The runtime makes good code of what ran thirty times, and begins to count only once nothing new has run for a tenth of a second. The small ones at
    // the end are for what runs once for each batch.
    private static readonly int[] Waves = [1, 40, 40, 40, 5, 5, 5, 5, 5, 5];
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Leftover = TimeSpan.FromHours(1);

    /// <summary>How many messages were sent to ourselves.</summary>
    /// <param name="root">In which folder what is written stands for as long as it lasts.</param>
    /// <param name="storage">The real database: on PostgreSQL a schema beside its own is used, where its user may make one.</param>
    /// <exception cref="IOException">There is no place for a database of its own.</exception>
    public static async Task<int> RunAsync(string root, StorageOptions storage, TimeProvider time, CancellationToken cancellationToken)
    {
        if (storage.Provider == StorageProvider.PostgreSql && await ScratchSchema.CreateAsync(storage, time, cancellationToken) is { } schema)
        {
            await using (schema)
            {
                try
                {
                    return await RunOnAsync(root, schema.Options, time, cancellationToken);
                }
                catch (Exception exception) when (exception is DbException or InvalidOperationException)
                {
                    // A pooler between us and the server, or a user who may make a schema and no tables: the rest of the code is rehearsed all the same.
                }
            }
        }

        return await RunOnAsync(root, new StorageOptions(), time, cancellationToken);
    }

    private static async Task<int> RunOnAsync(string root, StorageOptions storage, TimeProvider time, CancellationToken cancellationToken)
    {
        RemoveLeftovers(root, time.GetUtcNow());
        var folder = Directory.CreateDirectory(Path.Combine(root, $"{Prefix}{Guid.NewGuid():N}"));
        try
        {
            using var providers = new RehearsalProviders();
            await using var services = Compose(folder.FullName, storage, providers);
            using var dialect = (IDisposable)services.GetRequiredService<Database>().Dialect;
            return await RunAsync(services, cancellationToken);
        }
        finally
        {
            folder.Delete(true);
        }
    }

    private static async Task<int> RunAsync(ServiceProvider services, CancellationToken cancellationToken)
    {
        var database = services.GetRequiredService<Database>();
        database.Dialect.Migrate();
        var workers = services.GetServices<IHostedService>().Where(worker => worker is AlertIntakeWorker or NotifyWorker).ToList();
        foreach (var worker in workers)
            await worker.StartAsync(cancellationToken);
        try
        {
            var wanted = 0;
            foreach (var wave in Waves)
            {
                await DetectAsync(services, wave, cancellationToken);
                await SentAsync(database, wanted += 2 * wave, cancellationToken);
                await Task.Delay(Between, TimeProvider.System, cancellationToken);
            }

            var alert = (await services.GetRequiredService<AlertStore>().ListAsync(new AlertFilter { Most = 1 }, cancellationToken))[0];
            await services.GetRequiredService<AlertActions>().AcknowledgeAsync(alert.Id, "desk", "link", cancellationToken);
            services.GetRequiredService<DueSignal>().WakeAll();
            await SentAsync(database, wanted += 2, cancellationToken);
            return wanted;
        }
        finally
        {
            foreach (var worker in workers)
                await worker.StopAsync(CancellationToken.None);
        }
    }

    private static async Task DetectAsync(ServiceProvider services, int count, CancellationToken cancellationToken)
    {
        var now = services.GetRequiredService<TimeProvider>().GetUtcNow();
        var posts = Enumerable.Range(0, count).Select(i => Made(Ids.New(now), now)).ToList();
        await using var work = await services.GetRequiredService<Database>().BeginAsync(cancellationToken);
        await PostStore.AddAsync(work, posts, cancellationToken);
        await AssessmentStore.AddAsync(
            work,
            [.. posts.Select(post => new Assessment(
                post.Id, RiskLevel.High, Category.Threat, 0.9, 0.1,
                [new Reason(ReasonKind.Element, "intent", -1, 0, 1), new Reason(ReasonKind.Word, "made", 0, 4, 1)], "rehearsal", "rehearsal", "en", now))],
            cancellationToken);
        foreach (var post in posts)
            await services.GetRequiredService<Outbox>().AddAsync(work, Topics.RiskDetected, new RiskDetected(post.Id, RiskLevel.High, Category.Threat, ["school"], now), cancellationToken);
        await work.CommitAsync(cancellationToken);
    }

    private static Post Made(string name, DateTimeOffset now)
    {
        var text = $"made up for a rehearsal, {name}";
        return new Post(
            Ids.New(now), "rehearsal", name, 1, null, text, $"https://rehearsal.invalid/{name}", "nobody", now, now,
            [new SchoolMatch("school", "rehearsal")], Ids.Hash(text), Ids.Hash(text)[..16]);
    }

    private static async Task SentAsync(Database database, int wanted, CancellationToken cancellationToken)
    {
        while (await database.CountAsync("select count(*) from notifications where state = 'Sent'", cancellationToken) < wanted)
            await Task.Delay(Look, TimeProvider.System, cancellationToken);
    }

    private static ServiceProvider Compose(string folder, StorageOptions storage, RehearsalProviders providers)
    {
        IReadOnlyList<SettingsSection> sections = [.. PlatformRegistration.Sections, .. AlertingRegistration.Sections];
        var file = Path.Combine(folder, "config", "threatwatch.json");
        var snapshot = SettingsSnapshot.Of(file, sections, storage, new QueueOptions(), District(), Options(providers));
        var services = new ServiceCollection();
        services.AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance);
        services.AddSingleton(typeof(ILogger<>), typeof(NullLogger<>));
        services.AddPlatform(new Settings(snapshot, sections), new Roles([Roles.Alerting]));
        services.AddAlerting();
        return services.BuildServiceProvider();
    }

    private static District District() => new()
    {
        Name = "Rehearsal", Desk = "desk",
        Schools = [new School { Id = "school", Name = "Rehearsal School", Officers = ["officer"] }],
        Officers =
        [
            new Officer { Id = "desk", Name = "Desk", Email = "desk@rehearsal.invalid" },
            new Officer { Id = "officer", Name = "Officer", Email = "officer@rehearsal.invalid", Sms = "+15555550123" },
        ],
    };

    private static AlertingOptions Options(RehearsalProviders providers) => new()
    {
        Escalation = new EscalationOptions { Once = true },
        Email = new EmailOptions
        {
            From = "watch@rehearsal.invalid",
            Smtp = new SmtpOptions { Host = "127.0.0.1", Port = providers.SmtpPort, Security = SmtpSecurity.None, Connections = 4 },
        },
        Twilio = new TwilioOptions
        {
            AccountSid = "AC00000000000000000000000000000000", AuthToken = new Secret("rehearsal"), PerSecond = 200,
            Url = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{providers.HttpPort}")),
        },
        Sms = new SmsOptions { From = "+15555550190" },
    };

    // Of processes that were killed in the middle of it.
    private static void RemoveLeftovers(string root, DateTimeOffset now)
    {
        foreach (var folder in new DirectoryInfo(root).EnumerateDirectories(Prefix + "*").Where(folder => folder.LastWriteTimeUtc < now - Leftover))
        {
            try
            {
                folder.Delete(true);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // Another user's.
            }
        }
    }
}
