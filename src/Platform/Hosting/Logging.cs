using System.Globalization;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Serilog;
using Serilog.Events;
using Serilog.Formatting.Compact;

namespace ThreatWatch.Platform.Hosting;

/// <summary>Sends the log to standard error through Serilog: stdout is for data, and systemd takes stderr into the journal.</summary>
public static class Logging
{
    public static void AddThreatWatchLogging(this IServiceCollection services, LogOptions options)
    {
        var level = options.Level switch
        {
            LogLevel.Trace => LogEventLevel.Verbose,
            LogLevel.Debug => LogEventLevel.Debug,
            LogLevel.Warning => LogEventLevel.Warning,
            LogLevel.Error => LogEventLevel.Error,
            LogLevel.Critical or LogLevel.None => LogEventLevel.Fatal,
            _ => LogEventLevel.Information,
        };
        services.AddSerilog(logger =>
        {
            logger.MinimumLevel.Is(level)
                .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
                .MinimumLevel.Override("System", LogEventLevel.Warning)
                .MinimumLevel.Override("Microsoft.Hosting.Lifetime", LogEventLevel.Warning)
                // "run" says it in one line, with what to do.
                .Filter.ByExcluding(entry => entry.Exception is IOException { InnerException: AddressInUseException })
                .Enrich.FromLogContext();
            if (options.Format == LogFormat.Json)
                logger.WriteTo.Console(new CompactJsonFormatter(), standardErrorFromLevel: LogEventLevel.Verbose);
            else
            {
                // Under systemd the journal stamps the time itself.
                var stamp = Environment.GetEnvironmentVariable("JOURNAL_STREAM") is null ? "{Timestamp:HH:mm:ss} " : "";
                logger.WriteTo.Console(
                    outputTemplate: stamp + "{Level:u4} {Message:lj}{NewLine}{Exception}",
                    standardErrorFromLevel: LogEventLevel.Verbose,
                    formatProvider: CultureInfo.InvariantCulture);
            }
        });
    }
}
