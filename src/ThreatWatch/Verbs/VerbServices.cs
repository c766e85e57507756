using Microsoft.Extensions.DependencyInjection;
using ThreatWatch.Alerting;
using ThreatWatch.Classifier;
using ThreatWatch.Console;
using ThreatWatch.Ingest;
using ThreatWatch.Platform.Hosting;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Cli.Verbs;

/// <summary>The daemon's own services without its workers, for verbs that look at or act on its database.</summary>
internal static class VerbServices
{
    /// <summary>Builds the services and brings the schema up to date, as the daemon would.</summary>
    public static async Task<ServiceProvider> BuildAsync(Settings settings, CancellationToken cancellationToken)
    {
        var services = new ServiceCollection();
        services.AddThreatWatchLogging(settings.Get<LogOptions>() with { Level = Microsoft.Extensions.Logging.LogLevel.Warning });
        services.AddPlatform(settings, new Roles([]));
        services.AddIngest();
        services.AddClassifier();
        services.AddAlerting();
        services.AddConsole();
        var provider = services.BuildServiceProvider();
        await StartUp.PrepareAsync(provider, cancellationToken);
        return provider;
    }

    public static Database Database(this IServiceProvider services) => services.GetRequiredService<Database>();
}
