namespace ThreatWatch.Ingest.Fetching;

/// <summary>Reads Link headers (RFC 8288), which name hubs, the feed's own address and the next page.</summary>
public static class LinkHeader
{
    /// <summary>The first absolute http address with a relation; null where there is none.</summary>
    /// <param name="headers">The answer's headers; several Link headers and several links in one are the same.</param>
    /// <param name="relation">Such as "hub", lower case.</param>
    /// <param name="baseUrl">What relative links start from.</param>
    public static Uri? Find(FetchHeaders headers, string relation, Uri baseUrl)
    {
        foreach (var value in headers.All("Link"))
        {
            var rest = value;
            while (rest.IndexOf('<', StringComparison.Ordinal) is >= 0 and var open && rest.IndexOf('>', open) is >= 0 and var close)
            {
                var target = rest[(open + 1)..close];
                rest = rest[(close + 1)..];
                // Commas separate links; those inside quotes belong to a parameter, and every link begins with "<".
                var end = rest.IndexOf('<', StringComparison.Ordinal);
                if (HasRelation(end < 0 ? rest : rest[..end], relation) && Uri.TryCreate(baseUrl, target, out var url) && RedirectTrail.IsHttp(url))
                    return url;
            }
        }

        return null;
    }

    private static bool HasRelation(string parameters, string relation)
    {
        foreach (var parameter in parameters.Split(';'))
        {
            var parts = parameter.Split('=', 2, StringSplitOptions.TrimEntries);
            if (parts.Length == 2 && parts[0].Equals("rel", StringComparison.OrdinalIgnoreCase)
                && parts[1].Trim(' ', ',', '"').Split(' ').Contains(relation, StringComparer.OrdinalIgnoreCase))
                return true;
        }

        return false;
    }
}
