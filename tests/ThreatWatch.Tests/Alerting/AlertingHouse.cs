using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using MimeKit;
using ThreatWatch.Alerting;
using ThreatWatch.Alerting.Intake;
using ThreatWatch.Alerting.Notifying;
using ThreatWatch.Console;
using ThreatWatch.Core;
using ThreatWatch.Platform.Hosting;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Tests.Alerting;

/// <summary>The alerting role on a database of its own, with a clock that only tests move and a pickup folder that they read.</summary>
internal sealed class AlertingHouse : IAsyncDisposable
{
    /// <summary>A Tuesday morning in term, 7:40 in Chicago.</summary>
    public static readonly DateTimeOffset Start = new(2026, 11, 24, 13, 40, 0, TimeSpan.Zero);

    // In memory where the machine has such a place: what these tests are about is not the disk.
    private static readonly string Root = Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath();
    private static readonly Lazy<byte[]> EmptyDatabase = new(MakeEmptyDatabase);

    // With the address of a PostgreSQL server in it, such as "Host=127.0.0.1;Username=postgres", the same tests run there, each on a database of its own: ./test.sh does so.
    private static readonly string? Server = Environment.GetEnvironmentVariable("THREATWATCH_TEST_POSTGRES");
    private static readonly Lazy<string> Template = new(MakeTemplate);

    private readonly DirectoryInfo _folder = NewFolder();
    private readonly ServiceProvider _services;

    public AlertingHouse(AlertingOptions? options = null, District? district = null)
    {
        var sections = PlatformRegistration.Sections.Concat(AlertingRegistration.Sections).Concat(ConsoleRegistration.Sections).ToList();
        var file = Path.Combine(_folder.FullName, "config", "threatwatch.json");
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        Settings = new Settings(SettingsSnapshot.Of(file, sections, Storage(), district ?? Some.District(), options ?? Some.Options()), sections);
        var services = new ServiceCollection();
        services.AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance);
        services.AddSingleton(typeof(ILogger<>), typeof(NullLogger<>));
        services.AddPlatform(Settings, new Roles([Roles.Alerting]));
        services.RemoveAll<TimeProvider>();
        services.AddSingleton<TimeProvider>(Time);
        services.AddAlertingServices();
        services.AddConsole();
        _services = services.BuildServiceProvider();
        Directory.CreateDirectory(Path.GetDirectoryName(DatabaseFile(_folder))!);
        if (Server is null)
            File.WriteAllBytes(DatabaseFile(_folder), EmptyDatabase.Value);
    }

    public FakeTimeProvider Time { get; } = new(Start);

    public Settings Settings { get; }

    public IServiceProvider Services => _services;

    public Database Database => Get<Database>();

    public string Outbox => Path.Combine(_folder.FullName, "var", "outbox");

    public T Get<T>() where T : notnull => _services.GetRequiredService<T>();

    /// <summary>Posts are stored and judged as the roles before us would, then their messages are handled as one batch.</summary>
    public async Task DetectAsync(params (Post Post, RiskLevel Level)[] posts)
    {
        await StoreAsync(posts);
        await HandleAsync([.. posts.Select(pair => Some.Detected(pair.Post, pair.Level))]);
    }

    public async Task StoreAsync(params (Post Post, RiskLevel Level)[] posts)
    {
        await using var work = await Database.BeginAsync(CancellationToken.None);
        await PostStore.AddAsync(work, [.. posts.Select(pair => pair.Post)], CancellationToken.None);
        await AssessmentStore.AddAsync(work, [.. posts.Select(pair => Some.Assessment(pair.Post, pair.Level) with { AssessedAt = Time.GetUtcNow() })], CancellationToken.None);
        await work.CommitAsync(CancellationToken.None);
    }

    public async Task HandleAsync(params RiskDetected[] messages)
    {
        await using var work = await Database.BeginAsync(CancellationToken.None);
        await Get<AlertIntake>().HandleAsync(work, messages, CancellationToken.None);
        await work.CommitAsync(CancellationToken.None);
    }

    /// <summary>Sends by every channel until nothing is due.</summary>
    public async Task SendDueAsync()
    {
        foreach (var notifier in _services.GetServices<INotifier>())
        {
            var lane = new SendLane(
                notifier, Database, Get<NotificationStore>(), Get<BriefLoader>(), Get<OutcomeBook>(), Get<DueSignal>(), Time, NullLogger<SendLane>.Instance);
            while (await Get<NotificationStore>().AnyDueAsync(notifier.Channel, Time.GetUtcNow(), Time.GetUtcNow() - SendLane.StuckAfter, CancellationToken.None))
            {
                await lane.RunOnceAsync(CancellationToken.None, CancellationToken.None);
                await lane.FinishAsync();
            }
        }
    }

    public async Task<IReadOnlyList<Alert>> AlertsAsync() => await Get<AlertStore>().ListAsync(new AlertFilter(), CancellationToken.None);

    public async Task<Alert> OnlyAlertAsync() => Assert.Single(await AlertsAsync());

    public async Task<IReadOnlyList<Notification>> NotificationsAsync() =>
        await Get<NotificationStore>().OfAlertsAsync([.. (await AlertsAsync()).Select(alert => alert.Id)], CancellationToken.None);

    /// <summary>The e-mails written so far, oldest first.</summary>
    public IReadOnlyList<MimeMessage> Mails() => Directory.Exists(Outbox)
        ? [.. Directory.GetFiles(Outbox, "*.eml").Select(file => MimeMessage.Load(file)).OrderBy(mail => mail.Date).ThenBy(mail => mail.MessageId, StringComparer.Ordinal)]
        : [];

    public async ValueTask DisposeAsync()
    {
        var storage = Settings.Get<StorageOptions>();
        await _services.DisposeAsync();
        if (storage.Provider == StorageProvider.PostgreSql)
            OnServer($"drop database {new Npgsql.NpgsqlConnectionStringBuilder(storage.Connection.Reveal()).Database} with (force)");
        Close(_folder);
        _folder.Delete(true);
    }

    private static StorageOptions Storage()
    {
        if (Server is null)
            return new StorageOptions();
        var name = $"alerting_{Guid.NewGuid():N}";
        OnServer($"create database {name} template {Template.Value}");
        return OnPostgres(name);
    }

    private static StorageOptions OnPostgres(string name) =>
        new() { Provider = StorageProvider.PostgreSql, Connection = new Secret($"{Server};Database={name};Maximum Pool Size=20") };

    private static string MakeTemplate()
    {
        var name = $"alerting_{Guid.NewGuid():N}";
        OnServer($"create database {name}");
        var database = Database.Open(OnPostgres(name), "/");
        database.Dialect.Migrate();
        ((IDisposable)database.Dialect).Dispose();
        Npgsql.NpgsqlConnection.ClearAllPools();
        return name;
    }

    private static void OnServer(string sql)
    {
        using var source = Npgsql.NpgsqlDataSource.Create($"{Server};Database=postgres;Pooling=false");
        using var command = source.CreateCommand(sql);
        command.ExecuteNonQuery();
    }

    private static DirectoryInfo NewFolder() => Directory.CreateDirectory(Path.Combine(Root, $"threatwatch-alerting-{Guid.NewGuid():N}"));

    private static string DatabaseFile(DirectoryInfo folder) => Path.Combine(folder.FullName, "var", "threatwatch.db");

    private static void Close(DirectoryInfo folder)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = DatabaseFile(folder), DefaultTimeout = 30 }.ToString());
        SqliteConnection.ClearPool(connection);
    }

    // The migrations run once for all houses.
    private static byte[] MakeEmptyDatabase()
    {
        var folder = NewFolder();
        Database.Open(new StorageOptions { Path = DatabaseFile(folder) }, folder.FullName).Dialect.Migrate();
        SqliteConnection.ClearAllPools();
        var bytes = File.ReadAllBytes(DatabaseFile(folder));
        folder.Delete(true);
        return bytes;
    }
}
