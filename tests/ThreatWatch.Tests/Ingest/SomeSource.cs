using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using ThreatWatch.Core;
using ThreatWatch.Ingest;
using ThreatWatch.Ingest.Families;
using ThreatWatch.Ingest.Intake;
using ThreatWatch.Ingest.Scoping;
using ThreatWatch.Ingest.Sources;
using ThreatWatch.Platform.Hosting;
using ThreatWatch.Platform.Queue;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Tests.Ingest;

/// <summary>The vocabulary of the tests of intake: a small district, its sources, and a front door over a database of its own.</summary>
internal static class SomeSource
{
    public static District District { get; } = new()
    {
        Name = "Maple Valley Unified",
        Desk = "desk",
        Officers = [new Officer { Id = "desk", Name = "Desk", Email = "desk@maplevalley.example" }],
        Schools =
        [
            new School
            {
                Id = "cedar", Name = "Cedar Ridge High School", Aliases = ["Cedar Ridge High", "Cedar Ridge"], AmbiguousAliases = ["CHS"],
                Mascots = ["Cougars"], Handles = ["@cedarridgehs", "#CougarNation"], Places = ["Maple Valley", "Cedarton"], Officers = ["desk"],
            },
            new School
            {
                Id = "cutler", Name = "Cutler High School", Aliases = ["Cutler High"], AmbiguousAliases = ["CHS"], Mascots = ["Cougars", "Comets"],
                Places = ["Maple Valley", "Cutler Bay"], Officers = ["desk"],
            },
            new School
            {
                Id = "cedar-north", Name = "Cedar Ridge High North", Aliases = ["École Sainte-Anne", "St. Brigid's"], AmbiguousAliases = ["NHS"], Officers = ["desk"],
            },
        ],
    };

    public static SourceOptions Open { get; } = new()
    {
        Id = "town-news", LegalBasis = "published for machines", Permission = "terms of 2026", ReviewedOn = new DateOnly(2026, 9, 1),
    };

    public static SourceOptions BoundTo(params string[] schools) => Open with { Id = "bound", Schools = schools };

    public static PostItem Post(string text, string id = "1", string? author = null, string? title = null) =>
        new(id, text, title, $"https://forum.example/{id}", author, new DateTimeOffset(2026, 11, 1, 8, 0, 0, TimeSpan.Zero));

    public static SourceBatch Batch(params SourceItem[] items) => new(items, null);
}

/// <summary>A front door over a temporary SQLite file, with a clock that tests set.</summary>
internal sealed class TemporaryIntake : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("threatwatch-");

    public TemporaryIntake(params SourceOptions[] sources)
    {
        Settings = new Settings(
            SettingsSnapshot.Of(Path.Combine(Folder, "threatwatch.json"), Sections, SomeSource.District, sources), Sections);
        Database = Database.Open(new StorageOptions { Path = "watch.db" }, Folder);
        Database.Dialect.Migrate();
        Posts = new PostStore(Database);
        Door = NewDoor();
    }

    public static IReadOnlyList<SettingsSection> Sections { get; } = [.. PlatformRegistration.Sections, .. IngestRegistration.Sections];

    public string Folder => _folder.FullName;

    public Settings Settings { get; }

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 11, 2, 8, 0, 0, TimeSpan.Zero));

    public Database Database { get; }

    public PostStore Posts { get; }

    public FrontDoor Door { get; }

    /// <summary>As after a restart: nothing in memory, all in the database.</summary>
    public FrontDoor NewDoor() => new(
        Database, new Outbox(Time), new ScopeOfDistrict(Settings), new FamilyBook(Posts, new FamilyJournal(Database), Time), Time, NullLogger<FrontDoor>.Instance);

    public Task<IntakeResult> Store(SourceOptions source, params SourceItem[] items) =>
        Door.StoreAsync(source, SomeSource.Batch(items), CancellationToken.None);

    /// <summary>All posts, oldest first.</summary>
    public async Task<IReadOnlyList<Post>> All()
    {
        var ids = await Database.QueryAsync("select id from posts", reader => reader.GetString(0), CancellationToken.None);
        return [.. (await Posts.FindAsync(ids, CancellationToken.None)).OrderBy(post => post.IngestedAt).ThenBy(post => post.ExternalId).ThenBy(post => post.Revision)];
    }

    public Task<List<string>> Messages() =>
        Database.QueryAsync("select body from queue order by id", reader => reader.GetString(0), CancellationToken.None);

    public Task<long> Counter(string name) =>
        Database.CountAsync("select sum(value) from counters where name = @name", CancellationToken.None, ("@name", name));

    public void Dispose()
    {
        Door.Dispose();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        _folder.Delete(recursive: true);
    }
}
