using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using ThreatWatch.Platform.Hosting;

namespace ThreatWatch.Classifier;

/// <summary>What the role brings into the process: its sections of the configuration, its services, its web addresses.</summary>
public static class ClassifierRegistration
{
    public static IReadOnlyList<SettingsSection> Sections { get; } =
    [
        SettingsSection.Of("classifier", new ClassifierOptions(), ClassifierOptions.Validate),
    ];

    public static IServiceCollection AddClassifier(this IServiceCollection services)
    {
        services.AddSingleton<CurrentAssessor>();
        services.AddHostedService<ReloadWorker>();
        services.AddHostedService<ClassifyWorker>();
        services.AddHostedService<ClassifySweepWorker>();
        return services;
    }

    public static IEndpointRouteBuilder MapClassifier(this IEndpointRouteBuilder routes) => routes;
}
