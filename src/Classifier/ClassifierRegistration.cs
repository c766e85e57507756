using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using ThreatWatch.Platform.Hosting;

namespace ThreatWatch.Classifier;

/// <summary>What the role brings into the process: its sections of the configuration, its services, its web addresses.</summary>
public static class ClassifierRegistration
{
    public static IReadOnlyList<SettingsSection> Sections { get; } = [];

    public static IServiceCollection AddClassifier(this IServiceCollection services) => services;

    public static IEndpointRouteBuilder MapClassifier(this IEndpointRouteBuilder routes) => routes;
}
