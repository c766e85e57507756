using ThreatWatch.Platform.Storage;
using ThreatWatch.Tests.Contracts;

namespace ThreatWatch.Tests.Platform.Storage;

public sealed class AuditLogTests
{
    [Fact]
    public async Task A_link_that_stands_already_is_an_error_and_not_passed_over()
    {
        var (database, disposal) = ScratchDatabase.Sqlite();
        await using var scratch = new Scratch(database, () => database, disposal);
        await AddAsync(database, "opened");
        await AddAsync(database, "closed");
        // The first row is the last one now, and the chain goes on from it already.
        await database.ExecuteAsync("update audit set seq = -1 where action = 'closed'", default);

        await Assert.ThrowsAsync<InvalidOperationException>(() => AddAsync(database, "closed"));

        Assert.Equal(2, await database.CountAsync("select count(*) from audit", default));
    }

    private static async Task AddAsync(Database database, string action)
    {
        await using var work = await database.BeginAsync(default);
        await AuditLog.AddAsync(work, ScratchDatabase.Start, "ortega", action, "alert 1", "{}", default);
        await work.CommitAsync(default);
    }
}
