using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using ThreatWatch.Classifier;
using ThreatWatch.Core;
using ThreatWatch.Platform.Hosting;
using ThreatWatch.Platform.Queue;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Tests.Classifier;

/// <summary>The classifier's role on a database and a configuration of its own in a folder that goes away.</summary>
internal sealed class ClassifierRig : IDisposable
{
    public const string Keywords =
        """
        { "lists": [
          { "name": "test", "keywords": [ { "term": "danger", "atLeast": "high" }, { "term": "peril", "atLeast": "critical" } ] },
          { "name": "self", "category": "selfHarm", "keywords": [ { "term": "farewell", "atLeast": "high" } ] }
        ] }
        """;

    private static readonly SettingsSection[] Sections =
    [
        .. PlatformRegistration.Sections.Where(section => section.Key is not "district"),
        SettingsSection.Of("district", new District(), (_, _, _) => { }),
        .. ClassifierRegistration.Sections,
    ];

    // The schema is made once and copied: to make it anew for each test costs more than the tests.
    private static readonly Lazy<byte[]> Migrated = new(Migrate);

    private readonly EmbeddedQueue _queue;
    private readonly Outbox _outbox;
    private int _posts;

    public ClassifierRig(string classifier = "{}")
    {
        Folder = Directory.CreateTempSubdirectory("classifier").FullName;
        WriteKeywords(Keywords);
        File.WriteAllText(Path.Combine(Folder, "threatwatch.json"), $$"""{ "classifier": {{classifier}} }""");
        var (snapshot, problems) = SettingsSnapshot.Parse(Path.Combine(Folder, "threatwatch.json"), $$"""{ "classifier": {{classifier}} }""", Sections);
        Assert.Empty(problems);
        Settings = new Settings(snapshot!, Sections);
        File.WriteAllBytes(Path.Combine(Folder, "test.db"), Migrated.Value);
        Database = Database.Open(new StorageOptions { Path = "test.db" }, Folder);
        _outbox = new Outbox(Time);
        _queue = new EmbeddedQueue(Database, _outbox, new DeadLetters(Database, _outbox, Time), new QueueOptions(), Time);
        Assessor = new CurrentAssessor(Settings, NullLogger<CurrentAssessor>.Instance);
        Worker = new ClassifyWorker(
            new MessagePump(Database, _queue, new QueueOptions(), NullLogger<MessagePump>.Instance), _outbox, Assessor, Time, NullLogger<ClassifyWorker>.Instance);
        Assessments = new AssessmentStore(Database);
        Sweep = new ClassifySweepWorker(Database, new PostStore(Database), Assessments, _queue, _outbox, Time, NullLogger<ClassifySweepWorker>.Instance);
    }

    public string Folder { get; }

    public Settings Settings { get; }

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 9, 1, 12, 0, 0, TimeSpan.Zero));

    public Database Database { get; }

    public CurrentAssessor Assessor { get; }

    public ClassifyWorker Worker { get; }

    public ClassifySweepWorker Sweep { get; }

    public AssessmentStore Assessments { get; }

    public void WriteKeywords(string json)
    {
        var file = Path.Combine(Folder, "keywords.json");
        File.WriteAllText(file, json);
        // An edit within the same tick of the file system's clock would look like none.
        File.SetLastWriteTimeUtc(file, File.GetLastWriteTimeUtc(file).AddSeconds(++_posts));
    }

    public void Configure(string classifier)
    {
        var (snapshot, problems) = SettingsSnapshot.Parse(Path.Combine(Folder, "threatwatch.json"), $$"""{ "classifier": {{classifier}} }""", Sections);
        Assert.Empty(problems);
        Settings.Replace(snapshot!);
    }

    public static IReadOnlyList<Problem> Problems(string folder, string classifier) =>
        SettingsSnapshot.Parse(Path.Combine(folder, "threatwatch.json"), $$"""{ "classifier": {{classifier}} }""", Sections).Problems;

    public Post Post(string? text, string external = "1", int revision = 1, bool isDrill = false) => new(
        $"post-{++_posts}", "feed", external, revision, null, text, null, null, Time.GetUtcNow(), Time.GetUtcNow(),
        [new SchoolMatch("cedar", "source"), new SchoolMatch("cedar", "name")], Ids.Hash(text ?? ""), $"family-{external}", isDrill, text is null ? Time.GetUtcNow() : null);

    /// <summary>Stores posts and tells the classifier of them, as Ingest does.</summary>
    public async Task IngestAsync(params Post[] posts)
    {
        await using (var work = await Database.BeginAsync(default))
        {
            await PostStore.AddAsync(work, posts, default);
            await work.CommitAsync(default);
        }

        await AnnounceAsync(posts);
    }

    public async Task AnnounceAsync(params Post[] posts)
    {
        await using var work = await Database.BeginAsync(default);
        await _outbox.AddAsync(work, Topics.PostIngested, new PostIngested([.. posts.Select(post => post.Id)]), default);
        await work.CommitAsync(default);
    }

    public async Task<IReadOnlyList<RiskDetected>> DetectedAsync() =>
        await Database.QueryAsync("select body from queue where topic = 'risk-detected' order by id", reader => Json.Read<RiskDetected>(reader.GetString(0)), default);

    public Task<long> WaitingAsync() => Database.CountAsync("select count(*) from queue where topic = 'post-ingested'", default);

    public void Dispose()
    {
        (Database.Dialect as IDisposable)?.Dispose();
        Delete(Folder);
    }

    private static byte[] Migrate()
    {
        var folder = Directory.CreateTempSubdirectory("schema").FullName;
        Database.Open(new StorageOptions { Path = "schema.db" }, folder).Dialect.Migrate();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        var bytes = File.ReadAllBytes(Path.Combine(folder, "schema.db"));
        Delete(folder);
        return bytes;
    }

    private static void Delete(string folder)
    {
        // Pooled connections of other tests are none of ours; an open file can be deleted here, and on Windows the system cleans its temp folder.
        try
        {
            Directory.Delete(folder, true);
        }
        catch (IOException)
        {
        }
    }
}
