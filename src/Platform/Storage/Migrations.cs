using DbUp.Builder;
using DbUp.Engine.Output;

namespace ThreatWatch.Platform.Storage;

/// <summary>Runs the numbered scripts beside this file, each once, each in a transaction. A script that was released never changes.</summary>
internal static class Migrations
{
    /// <exception cref="InvalidOperationException">A script failed; the schema is as it was before it.</exception>
    public static void Run(UpgradeEngineBuilder builder, IReadOnlyDictionary<string, string> variables)
    {
        foreach (var (name, value) in variables)
            builder = builder.WithVariable(name, value);
        var result = builder
            .WithScriptsEmbeddedInAssembly(typeof(Migrations).Assembly)
            .WithTransactionPerScript()
            .LogTo(new NoOpUpgradeLog())
            .Build()
            .PerformUpgrade();
        if (!result.Successful)
            throw new InvalidOperationException($"Migration {result.ErrorScript?.Name} failed: {result.Error.Message}", result.Error);
    }
}
