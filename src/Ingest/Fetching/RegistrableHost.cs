using System.Net;

namespace ThreatWatch.Ingest.Fetching;

/// <summary>
/// The part of a host name that one operator registered: all its sub-domains are one neighbour to be polite to. The table holds the
/// public suffixes that US districts meet; a suffix that it lacks makes us slower than needed, never ruder.
/// </summary>
internal static class RegistrableHost
{
    private static readonly HashSet<string> SecondLevel = new(StringComparer.Ordinal)
    {
        "ac", "co", "com", "edu", "gob", "gov", "mil", "net", "org", "or", "ne", "go", "gc", "on", "qc", "bc", "ab",
    };

    // One label more than the name says: state and locality domains of .us, such as fort-example.k12.tx.us.
    private static readonly HashSet<string> Localities = new(StringComparer.Ordinal) { "k12", "lib", "cc", "tec", "gen", "state", "dst", "cog" };

    public static string Of(string host)
    {
        host = host.TrimEnd('.').ToLowerInvariant();
        if (IPAddress.TryParse(host.Trim('[', ']'), out _))
            return host;
        var labels = host.Split('.');
        var keep = 2;
        if (labels.Length >= 3 && labels[^1].Length == 2)
        {
            if (labels[^1] == "us" && labels[^2].Length == 2)
                keep = Localities.Contains(labels[^3]) ? 4 : 3;
            else if (SecondLevel.Contains(labels[^2]))
                keep = 3;
        }

        return labels.Length <= keep ? host : string.Join('.', labels[^keep..]);
    }
}
