using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ThreatWatch.Ingest.Polling;
using ThreatWatch.Platform.Hosting;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Ingest.Sources;

/// <summary>Keeps the register in the store equal to the configuration, so that console, status and watch know the sources without being able to read them.</summary>
public sealed class SourceRegisterWorker(
    Settings settings, SourceRegisterStore register, SourceVisit visit, TimeProvider time, ILogger<SourceRegisterWorker> logger) : BackgroundService
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(5);

    private IReadOnlyList<SourceOptions>? _written;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        WorkerLoop.RunAsync(RunOnceAsync, Look, time, logger, stoppingToken);

    /// <summary>Writes the register if the sources were edited, and that the door for pushes is open.</summary>
    public async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        var sources = settings.Get<IReadOnlyList<SourceOptions>>();
        if (!ReferenceEquals(sources, _written))
        {
            await register.ReplaceAsync([.. sources.Select(Row)], cancellationToken);
            _written = sources;
        }

        foreach (var source in sources.Where(source => source.Type == SourceType.Push))
            await visit.PushedAsync(source, SourceBatch.Nothing(null), cancellationToken);
    }

    private static RegisteredSource Row(SourceOptions source) => new(
        source.Id,
        source.DisplayName,
        source.Type.ToString(),
        source.Url?.Host ?? source.Path ?? "",
        source.LegalBasis,
        source.Permission,
        source.ReviewedOn ?? DateOnly.MinValue,
        source.ReviewDueOn,
        source.RetentionDays);
}
