using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using ThreatWatch.Platform.Hosting;

namespace ThreatWatch.Ingest;

/// <summary>What the role brings into the process: its sections of the configuration, its services, its web addresses.</summary>
public static class IngestRegistration
{
    public static IReadOnlyList<SettingsSection> Sections { get; } = [];

    public static IServiceCollection AddIngest(this IServiceCollection services) => services;

    public static IEndpointRouteBuilder MapIngest(this IEndpointRouteBuilder routes) => routes;
}
