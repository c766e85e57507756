using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using ThreatWatch.Platform.Hosting;

namespace ThreatWatch.Console;

/// <summary>What the role brings into the process: its sections of the configuration, its services, its web addresses.</summary>
public static class ConsoleRegistration
{
    public static IReadOnlyList<SettingsSection> Sections { get; } = [];

    public static IServiceCollection AddConsole(this IServiceCollection services) => services;

    public static IEndpointRouteBuilder MapConsole(this IEndpointRouteBuilder routes) => routes;
}
