using Microsoft.Extensions.Logging;

namespace ThreatWatch.Platform.Hosting;

/// <summary>What the daemon says of itself. Section "log" of the configuration.</summary>
public sealed record LogOptions
{
    /// <summary>Text for people and journald; Json (compact, one object a line) for log collectors.</summary>
    public LogFormat Format { get; init; } = LogFormat.Text;

    public LogLevel Level { get; init; } = LogLevel.Information;
}

/// <summary>How a log line looks.</summary>
public enum LogFormat
{
    Text,
    Json,
}
