namespace ThreatWatch.Ingest.Sources;

/// <summary>Sites whose terms forbid this use. They are refused whatever permission is claimed: a district must not find that out in court.</summary>
internal static class RefusedHosts
{
    private const string X = "X's developer agreement forbids surveillance, and alerting needs its Enterprise plan with a named government user: there is no connector for it";
    private const string Meta = "Meta's platform terms forbid tools of surveillance: there is no connector for it";

    private static readonly Dictionary<string, string> Hosts = new()
    {
        ["x.com"] = X,
        ["twitter.com"] = X,
        ["t.co"] = X,
        ["facebook.com"] = Meta,
        ["fb.com"] = Meta,
        ["instagram.com"] = Meta,
        ["threads.net"] = Meta,
        ["threads.com"] = Meta,
    };

    /// <summary>Why a host may not be read, or null.</summary>
    public static string? Why(string host, SourceOptions source)
    {
        host = host.TrimEnd('.').ToLowerInvariant();
        foreach (var (refused, why) in Hosts)
        {
            if (IsOf(host, refused))
                return why;
        }

        if ((IsOf(host, "reddit.com") || IsOf(host, "redd.it")) && string.IsNullOrWhiteSpace(source.Approval))
            return "Reddit gives access only with its written approval, and not for surveillance: put the reference of the approval into \"approval\"";
        if ((IsOf(host, "t.me") || IsOf(host, "telegram.me")) && source.Type != SourceType.Telegram)
            return "Telegram's web preview is not for machines: use the type \"telegram\" with a bot that the channel made an administrator";
        return null;
    }

    private static bool IsOf(string host, string domain) => host == domain || host.EndsWith("." + domain, StringComparison.Ordinal);
}
