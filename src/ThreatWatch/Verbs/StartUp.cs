using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ThreatWatch.Alerting;
using ThreatWatch.Core;
using ThreatWatch.Ingest.Sources;
using ThreatWatch.Platform.Hosting;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Cli.Verbs;

/// <summary>Brings the schema up to date before any role starts, and waits for a database that is not there yet.</summary>
internal static partial class StartUp
{
    public static async Task PrepareAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var database = services.GetRequiredService<Database>();
        var time = services.GetRequiredService<TimeProvider>();
        var logger = services.GetRequiredService<ILoggerFactory>().CreateLogger("ThreatWatch.StartUp");
        while (true)
        {
            try
            {
                database.Dialect.Migrate();
                return;
            }
            catch (Exception exception) when (database.Dialect.IsTransient(exception))
            {
                LogWaiting(logger, exception.GetType().Name);
                await Task.Delay(TimeSpan.FromSeconds(2), time, cancellationToken);
            }
        }
    }

    /// <summary>Says in plain words what begins and where to look.</summary>
    public static void Announce(Settings settings, Roles roles, ILogger logger)
    {
        var district = settings.Get<District>();
        LogWatching(logger, district.Name, district.Schools.Count, settings.Get<IReadOnlyList<SourceOptions>>().Count, string.Join(", ", roles.Names));
        if (roles.Names.Contains(Roles.Console))
            LogConsole(logger, settings.Get<HttpOptions>().BaseUrl);
        var email = settings.Get<AlertingOptions>().Email;
        if (roles.Names.Contains(Roles.Alerting) && email.Smtp is null)
            LogPickup(logger, Path.GetFullPath(email.PickupFolder, settings.Current.Folder));
    }

    [LoggerMessage(LogLevel.Information, "Watching {Schools} schools of {District} through {Sources} sources; roles here: {Roles}")]
    private static partial void LogWatching(ILogger logger, string district, int schools, int sources, string roles);

    [LoggerMessage(LogLevel.Information, "Alerts are shown at {Url}")]
    private static partial void LogConsole(ILogger logger, Uri url);

    [LoggerMessage(LogLevel.Information, "No mail server is configured: e-mails are written as .eml files into {Folder}")]
    private static partial void LogPickup(ILogger logger, string folder);

    [LoggerMessage(LogLevel.Warning, "The database does not answer yet ({Error}); waiting for it")]
    private static partial void LogWaiting(ILogger logger, string error);
}
