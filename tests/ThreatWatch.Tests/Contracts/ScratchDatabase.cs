using ThreatWatch.Platform.Queue;
using ThreatWatch.Platform.Storage;
using Microsoft.Extensions.Time.Testing;

namespace ThreatWatch.Tests.Contracts;

/// <summary>Databases and embedded queues for one test.</summary>
internal static class ScratchDatabase
{
    public static readonly DateTimeOffset Start = new(2026, 9, 1, 8, 0, 0, TimeSpan.Zero);

    /// <summary>A folder that is removed at the end, with the SQLite files in it.</summary>
    public static (string Folder, Func<ValueTask> Disposal) Folder()
    {
        var folder = Directory.CreateTempSubdirectory("threatwatch-test-").FullName;
        return (folder, () =>
        {
            Directory.Delete(folder, recursive: true);
            return ValueTask.CompletedTask;
        });
    }

    /// <summary>An empty SQLite file with the schema, removed at the end.</summary>
    public static (Database Database, Func<ValueTask> Disposal) Sqlite()
    {
        var (folder, disposal) = Folder();
        var database = Database.Open(new StorageOptions { Path = "test.db" }, folder);
        database.Dialect.Migrate();
        return (database, () =>
        {
            (database.Dialect as IDisposable)?.Dispose();
            return disposal();
        });
    }

    public static Database PostgreSql(string connection)
    {
        var database = Database.Open(new StorageOptions { Provider = StorageProvider.PostgreSql, Connection = new(connection) }, ".");
        database.Dialect.Migrate();
        return database;
    }

    /// <summary>Two embedded queues over one database, as two processes would have them.</summary>
    public static QueueRig Embedded(Database database, QueueOptions options, Func<ValueTask> disposal)
    {
        var time = new FakeTimeProvider(Start);
        EmbeddedQueue Make()
        {
            var outbox = new Outbox(time);
            return new EmbeddedQueue(database, outbox, new DeadLetters(database, outbox, time), options, time);
        }

        var rig = new QueueRig(database, options, time)
        {
            Queue = Make(),
            Other = Make(),
            LoseHold = () =>
            {
                time.Advance(options.Lease + TimeSpan.FromSeconds(1));
                return Task.CompletedTask;
            },
        };
        rig.OnDispose(disposal);
        return rig;
    }
}
