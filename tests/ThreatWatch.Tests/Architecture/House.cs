using System.Reflection;
using System.Text.RegularExpressions;

namespace ThreatWatch.Tests.Architecture;

/// <summary>The product's assemblies and sources, as the rules of the house look at them.</summary>
internal static partial class House
{
    public static string Root { get; } = FindRoot();

    /// <summary>Folder under src and its assembly.</summary>
    public static IReadOnlyDictionary<string, Assembly> Rooms { get; } = new Dictionary<string, Assembly>
    {
        ["Core"] = typeof(Core.Topics).Assembly,
        ["Platform"] = typeof(ThreatWatch.Platform.Hosting.Roles).Assembly,
        ["Ingest"] = typeof(ThreatWatch.Ingest.IngestRegistration).Assembly,
        ["Classifier"] = typeof(ThreatWatch.Classifier.ClassifierRegistration).Assembly,
        ["Alerting"] = typeof(ThreatWatch.Alerting.AlertingRegistration).Assembly,
        ["Console"] = typeof(ThreatWatch.Console.ConsoleRegistration).Assembly,
        ["ThreatWatch"] = typeof(Cli.Verbs.RunVerb).Assembly,
    };

    /// <summary>The types that people wrote; the compiler's own and those of source generators are left out.</summary>
    public static IEnumerable<Type> Types => Rooms.Values
        .SelectMany(assembly => assembly.GetTypes())
        .Where(type => type.Namespace?.StartsWith("ThreatWatch", StringComparison.Ordinal) == true && !type.Name.Contains('<', StringComparison.Ordinal)
            && type.GetCustomAttribute<System.Runtime.CompilerServices.CompilerGeneratedAttribute>() is null);

    /// <summary>Source files under a folder of the checkout, relative to it, with forward slashes.</summary>
    public static IReadOnlyList<string> Files(string under, string pattern = "*.cs") =>
    [
        .. Directory.EnumerateFiles(Path.Combine(Root, under), pattern, SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Root, file).Replace('\\', '/'))
            .Where(file => !file.Split('/').Any(part => part is "bin" or "obj"))
            .Order(StringComparer.Ordinal),
    ];

    public static string Read(string file) => File.ReadAllText(Path.Combine(Root, file));

    /// <summary>The text without comments and literals, so that a word in a sentence is no use of a type.</summary>
    public static string Code(string file) => CommentOrLiteral().Replace(Read(file), " ");

    [GeneratedRegex("""//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*" """, RegexOptions.Singleline | RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex CommentOrLiteral();

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "ThreatWatch.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("The tests must lie inside the checkout.");
    }
}
