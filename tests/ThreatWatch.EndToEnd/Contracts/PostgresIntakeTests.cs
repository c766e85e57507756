using ThreatWatch.EndToEnd.Machine;
using ThreatWatch.Tests.Contracts;

namespace ThreatWatch.EndToEnd.Contracts;

/// <summary>On PostgreSQL the intake and the sharing of sources keep their contract.</summary>
public sealed class PostgresIntakeTests(TestMachine machine) : IntakeContract
{
    protected override Task<Scratch> OpenEmptyAsync() => PostgresScratch.OpenAsync(machine);
}
