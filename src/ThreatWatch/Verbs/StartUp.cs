using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
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

    [LoggerMessage(LogLevel.Warning, "The database does not answer yet ({Error}); waiting for it")]
    private static partial void LogWaiting(ILogger logger, string error);
}
