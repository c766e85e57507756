using ThreatWatch.Platform.Storage;
using ThreatWatch.Tests.Contracts;

namespace ThreatWatch.Tests.Platform.Storage;

/// <summary>SQLite keeps the stores' contract.</summary>
public sealed class SqliteStoreTests : StoreContract
{
    protected override Task<Scratch> OpenEmptyAsync()
    {
        var (folder, disposal) = ScratchDatabase.Folder();
        return Task.FromResult(new Scratch(Open(folder), () => Open(folder), disposal));
    }

    private static Database Open(string folder) => Database.Open(new StorageOptions { Path = "test.db" }, folder);
}
