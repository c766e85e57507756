using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using ThreatWatch.Ingest.Families;
using ThreatWatch.Ingest.Fetching;
using ThreatWatch.Ingest.Intake;
using ThreatWatch.Ingest.Links;
using ThreatWatch.Ingest.Polling;
using ThreatWatch.Ingest.Push;
using ThreatWatch.Ingest.Retention;
using ThreatWatch.Ingest.Scoping;
using ThreatWatch.Ingest.Sources;
using ThreatWatch.Ingest.Sources.Jetstream;
using ThreatWatch.Ingest.Streaming;
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
        services.AddSingleton<OpenLines>();
        services.AddFrontDoor();
        services.AddSingleton<SourceFactory>();
        services.AddSingleton<ConnectionChecks>(SourceChecks.Of);
        services.AddSingleton<SourceLease>();
        services.AddSingleton<SourceVisit>();
        services.AddSingleton<ReplayCache>();
        services.AddSingleton<PushEndpoint>();
        services.AddHostedService<SourceWorker>();
        services.AddSingleton<HubOffers>();
        services.AddSingleton<HubSubscriptionStore>();
        services.AddSingleton<HubPush>();
        services.AddHostedService<WebSubWorker>();
        services.AddHostedService<StreamWorker>();
        services.AddHostedService<RetentionWorker>();
        services.AddHostedService<LinkWorker>();
        services.AddHostedService<ProfileWorker>();
        services.AddHostedService<SourceRegisterWorker>();
        return services;
    }

    /// <summary>The front door and the retention, for verbs that need no workers.</summary>
    public static IServiceCollection AddFrontDoor(this IServiceCollection services)
    {
        services.AddSingleton<ScopeOfDistrict>();
        services.AddSingleton<FamilyBook>();
        services.AddSingleton<FrontDoor>();
        services.AddSingleton<RetentionRun>();
        return services;
    }

    public static IEndpointRouteBuilder MapIngest(this IEndpointRouteBuilder routes)
    {
        routes.MapWebSub();
        PushEndpoint.Map(routes);
        return routes;
    }
}
