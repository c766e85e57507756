using ThreatWatch.Platform.Storage;
using ThreatWatch.Tests.Contracts;

namespace ThreatWatch.Tests.Ingest.Intake;

/// <summary>On SQLite the intake keeps its contract, several processes on one file included.</summary>
public sealed class SqliteIntakeTests : IntakeContract
{
    protected override Task<Scratch> OpenEmptyAsync()
    {
        var (folder, disposal) = ScratchDatabase.Folder();
        return Task.FromResult(new Scratch(Open(folder), () => Open(folder), disposal));
    }

    private static Database Open(string folder) => Database.Open(new StorageOptions { Path = "test.db" }, folder);
}
