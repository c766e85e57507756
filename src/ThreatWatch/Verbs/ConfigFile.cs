using System.CommandLine;
using ThreatWatch.Alerting;
using ThreatWatch.Classifier;
using ThreatWatch.Console;
using ThreatWatch.Ingest;
using ThreatWatch.Platform.Hosting;

namespace ThreatWatch.Cli.Verbs;

/// <summary>Finds and reads the configuration for a verb, and prints everything that is wrong with it.</summary>
internal static class ConfigFile
{
    /// <summary>Every section that any role knows, so that a key is never called unknown because its role does not run here.</summary>
    public static IReadOnlyList<SettingsSection> Sections { get; } =
    [
        .. PlatformRegistration.Sections,
        .. IngestRegistration.Sections,
        .. ClassifierRegistration.Sections,
        .. AlertingRegistration.Sections,
        .. ConsoleRegistration.Sections,
    ];

    /// <summary>Null, after the problems are on stderr: the verb then ends with 2.</summary>
    public static Settings? Load(ParseResult parsed)
    {
        var file = parsed.GetValue(CommonOptions.Config) ?? Find();
        if (file is null)
        {
            System.Console.Error.WriteLine("No configuration: neither config/threatwatch.json here nor /etc/threatwatch/threatwatch.json. Name one with --config FILE.");
            return null;
        }

        var (snapshot, problems) = SettingsSnapshot.Load(file, Sections);
        if (snapshot is not null)
            return new Settings(snapshot, Sections);
        System.Console.Error.WriteLine($"{file}: {problems.Count} problem{(problems.Count == 1 ? "" : "s")}");
        foreach (var problem in problems)
            System.Console.Error.WriteLine($"  {problem}");
        return null;
    }

    private static string? Find() =>
        new[] { Path.Combine("config", "threatwatch.json"), "/etc/threatwatch/threatwatch.json" }.FirstOrDefault(File.Exists);
}
