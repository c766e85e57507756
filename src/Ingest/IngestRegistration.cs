using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using ThreatWatch.Ingest.Fetching;
using ThreatWatch.Platform.Hosting;

namespace ThreatWatch.Ingest;

/// <summary>What the role brings into the process: its sections of the configuration, its services, its web addresses.</summary>
public static class IngestRegistration
{
    public static IReadOnlyList<SettingsSection> Sections { get; } =
    [
        SettingsSection.Of("fetching", new FetchingOptions(), (options, _, problems) => FetchingOptions.Validate(options, problems)),
    ];

    public static IServiceCollection AddIngest(this IServiceCollection services)
    {
        services.AddSingleton<Fetcher>();
        return services;
    }

    public static IEndpointRouteBuilder MapIngest(this IEndpointRouteBuilder routes) => routes;
}
