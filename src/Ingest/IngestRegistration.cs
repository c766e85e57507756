using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using ThreatWatch.Ingest.Families;
using ThreatWatch.Ingest.Fetching;
using ThreatWatch.Ingest.Intake;
using ThreatWatch.Ingest.Polling;
using ThreatWatch.Ingest.Scoping;
using ThreatWatch.Ingest.Sources;
using ThreatWatch.Ingest.WebSub;
using ThreatWatch.Platform.Hosting;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Ingest;

/// <summary>What the role brings into the process: its sections of the configuration, its services, its web addresses.</summary>
public static class IngestRegistration
{
    public static IReadOnlyList<SettingsSection> Sections { get; } =
    [
        SettingsSection.Of("fetching", new FetchingOptions(), (options, _, problems) => FetchingOptions.Validate(options, problems)),
        SettingsSection.Of<IReadOnlyList<SourceOptions>>("sources", [], SourceValidator.Validate),
    ];

    public static IServiceCollection AddIngest(this IServiceCollection services)
    {
        services.AddSingleton<Fetcher>();
        services.AddSingleton<LinkCheck>();
        services.AddFrontDoor();
        services.AddSingleton<SourceFactory>();
        services.AddSingleton<SourceLease>();
        services.AddSingleton<SourceVisit>();
        services.AddHostedService<SourceWorker>();
        services.AddSingleton<HubOffers>();
        services.AddSingleton<HubSubscriptionStore>();
        services.AddSingleton<HubPush>();
        services.AddHostedService<WebSubWorker>();
        return services;
    }

    /// <summary>The front door alone, for verbs that put posts in without the workers.</summary>
    public static IServiceCollection AddFrontDoor(this IServiceCollection services)
    {
        services.AddSingleton<ScopeOfDistrict>();
        services.AddSingleton<FamilyBook>();
        services.AddSingleton<FrontDoor>();
        return services;
    }

    public static IEndpointRouteBuilder MapIngest(this IEndpointRouteBuilder routes)
    {
        routes.MapWebSub();
        return routes;
    }
}
