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
        var provider = Create(settings);
        await StartUp.PrepareAsync(provider, cancellationToken);
        return provider;
    }

    /// <summary>The services alone, for verbs that need no database.</summary>
    public static ServiceProvider Create(Settings settings)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddThreatWatchLogging(settings.Get<LogOptions>() with { Level = Microsoft.Extensions.Logging.LogLevel.Warning });
        services.AddPlatform(settings, new Roles([]));
        services.AddIngest();
        services.AddClassifier();
        services.AddAlerting();
        services.AddConsole();
        return services.BuildServiceProvider();
    }

    public static Database Database(this IServiceProvider services) => services.GetRequiredService<Database>();
}
