using ThreatWatch.EndToEnd.Machine;
using ThreatWatch.Tests.Contracts;

namespace ThreatWatch.EndToEnd.Contracts;

/// <summary>PostgreSQL keeps the stores' contract.</summary>
public sealed class PostgresStoreTests(TestMachine machine) : StoreContract
{
    protected override Task<Scratch> OpenEmptyAsync() => PostgresScratch.OpenAsync(machine);
}
