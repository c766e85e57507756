using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Tests.Contracts;

/// <summary>A database for one test.</summary>
/// <param name="Database">As this process has it.</param>
/// <param name="Another">Opens it as another process would.</param>
/// <param name="Disposal">Removes it.</param>
public sealed record Scratch(Database Database, Func<Database> Another, Func<ValueTask> Disposal) : IAsyncDisposable
{
    public ValueTask DisposeAsync() => Disposal();
}
