using Microsoft.Extensions.DependencyInjection;
using ThreatWatch.Platform.Hosting;

namespace ThreatWatch.Ingest.Sources;

/// <summary>Reads each source once for <c>check --connect</c> and keeps nothing of it, not even the cursor.</summary>
internal static class SourceChecks
{
    public static IEnumerable<ConnectionCheck> Of(SettingsSnapshot settings, IServiceProvider services) =>
        settings.Get<IReadOnlyList<SourceOptions>>()
            .Where(source => source.Type != SourceType.Push)
            .Select(source => new ConnectionCheck($"source {source.Id}", token => TryAsync(source, services.GetRequiredService<SourceFactory>(), token)));

    private static async Task<string> TryAsync(SourceOptions source, SourceFactory factory, CancellationToken cancellationToken)
    {
        if (factory.Reader(source) is { } reader)
        {
            await using var own = reader as IAsyncDisposable;
            return Say(await reader.ReadAsync(null, cancellationToken));
        }

        if (factory.Stream(source) is { } stream)
        {
            await foreach (var outcome in stream.ReadAllAsync(null, cancellationToken))
                return Say(outcome);
        }

        throw new InvalidOperationException($"nothing reads the type \"{source.Type}\"");
    }

    private static string Say(ReadOutcome outcome) => outcome switch
    {
        SourceBatch { Items.Count: 1 } => "1 item",
        SourceBatch batch => $"{batch.Items.Count} items",
        ReadFailed failed => throw new InvalidOperationException(failed.Why),
        _ => throw new InvalidOperationException("neither items nor a reason"),
    };
}
