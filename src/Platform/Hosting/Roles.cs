namespace ThreatWatch.Platform.Hosting;

/// <summary>The roles that this process plays.</summary>
public sealed record Roles(IReadOnlyList<string> Names)
{
    public const string Ingest = "ingest";
    public const string Classifier = "classifier";
    public const string Alerting = "alerting";
    public const string Console = "console";

    public static IReadOnlyList<string> All { get; } = [Ingest, Classifier, Alerting, Console];
}
