using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using ThreatWatch.Platform.Hosting;

namespace ThreatWatch.Alerting;

/// <summary>What the role brings into the process: its sections of the configuration, its services, its web addresses.</summary>
public static class AlertingRegistration
{
    public static IReadOnlyList<SettingsSection> Sections { get; } = [];

    public static IServiceCollection AddAlerting(this IServiceCollection services) => services;

    public static IEndpointRouteBuilder MapAlerting(this IEndpointRouteBuilder routes) => routes;
}
