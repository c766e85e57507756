using ThreatWatch.EndToEnd.Machine;
using ThreatWatch.Tests.Contracts;

namespace ThreatWatch.EndToEnd.Contracts;

/// <summary>The embedded queue on PostgreSQL keeps the contract.</summary>
public sealed class EmbeddedQueueOnPostgresTests(TestMachine machine) : QueueContract
{
    protected override async Task<QueueRig> OpenAsync()
    {
        var server = await machine.DatabaseAsync();
        var database = ScratchDatabase.PostgreSql(await server.NewDatabaseAsync());
        return ScratchDatabase.Embedded(database, Options, () =>
        {
            (database.Dialect as IDisposable)?.Dispose();
            return ValueTask.CompletedTask;
        });
    }
}
