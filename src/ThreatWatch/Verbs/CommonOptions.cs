using System.CommandLine;

namespace ThreatWatch.Cli.Verbs;

/// <summary>The options that every verb takes.</summary>
internal static class CommonOptions
{
    public static Option<string?> Config { get; } = new("--config")
    {
        Description = "the configuration (default: config/threatwatch.json here, or /etc/threatwatch/threatwatch.json)",
        Recursive = true,
        HelpName = "FILE",
    };
}
