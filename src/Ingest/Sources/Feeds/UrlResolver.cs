namespace ThreatWatch.Ingest.Sources.Feeds;

/// <summary>
/// Makes links absolute (RFC 3986, section 5) on plain strings, so that absolute links stay byte for byte as they were
/// published, which <see cref="Uri"/> would rewrite.
/// </summary>
public static class UrlResolver
{
    private const int LongestUrl = 4096;

    /// <summary>The link as an absolute address, or as it is when there is no usable base; null for nothing.</summary>
    public static string? Resolve(string? baseUrl, string? link)
    {
        if (link is null)
            return null;
        var reference = link.AsSpan().Trim();
        if (reference.Length == 0)
            return null;
        if (baseUrl is null || reference.Length > LongestUrl || SchemeLength(reference) > 0 || SchemeLength(baseUrl) == 0)
            return reference.Length == link.Length ? link : reference.ToString();
        return Combine(baseUrl, reference);
    }

    /// <summary>A nested xml:base; one that is no web address or too long changes nothing.</summary>
    public static string? ResolveBase(string? outer, string inner)
    {
        var resolved = Resolve(outer, inner);
        return resolved is null || resolved.Length > LongestUrl || !IsWeb(resolved) ? outer : resolved;
    }

    private static bool IsWeb(string url) =>
        url.StartsWith("http://", StringComparison.OrdinalIgnoreCase) || url.StartsWith("https://", StringComparison.OrdinalIgnoreCase);

    private static string Combine(string baseUrl, ReadOnlySpan<char> reference)
    {
        var scheme = SchemeLength(baseUrl);
        if (reference.StartsWith("//", StringComparison.Ordinal))
            return string.Concat(baseUrl.AsSpan(0, scheme), reference);
        var afterScheme = baseUrl.AsSpan(scheme);
        if (!afterScheme.StartsWith("//", StringComparison.Ordinal))
            return reference.ToString();
        var hostEnd = afterScheme[2..].IndexOfAny("/?#");
        var authority = hostEnd < 0 ? baseUrl.Length : scheme + 2 + hostEnd;
        var root = baseUrl.AsSpan(0, authority);
        var rest = baseUrl.AsSpan(authority);
        var fragment = rest.IndexOf('#');
        rest = fragment < 0 ? rest : rest[..fragment];
        if (reference[0] == '#')
            return string.Concat(root, rest, reference);
        var query = rest.IndexOf('?');
        var path = query < 0 ? rest : rest[..query];
        if (reference[0] == '?')
            return string.Concat(root, path, reference);
        var tail = reference.IndexOfAny('?', '#');
        var target = tail < 0 ? reference : reference[..tail];
        var suffix = tail < 0 ? default : reference[tail..];
        var merged = reference[0] == '/' ? target.ToString() : string.Concat(path.Length == 0 ? "/" : path[..(path.LastIndexOf('/') + 1)], target);
        return string.Concat(root, RemoveDots(merged), suffix);
    }

    private static string RemoveDots(string path)
    {
        if (!path.Contains("/.", StringComparison.Ordinal))
            return path;
        var kept = new List<string>();
        var parts = path.Split('/');
        for (var index = 1; index < parts.Length; index++)
        {
            var isLast = index == parts.Length - 1;
            if (parts[index] is "." or "..")
            {
                if (parts[index] == ".." && kept.Count > 0)
                    kept.RemoveAt(kept.Count - 1);
                if (isLast)
                    kept.Add("");
            }
            else
                kept.Add(parts[index]);
        }
        return "/" + string.Join('/', kept);
    }

    /// <summary>Length of "scheme:" at the start, 0 without one.</summary>
    private static int SchemeLength(ReadOnlySpan<char> url)
    {
        for (var index = 0; index < url.Length; index++)
        {
            var c = url[index];
            if (c == ':')
                return index > 0 ? index + 1 : 0;
            if (!(char.IsAsciiLetter(c) || (index > 0 && (char.IsAsciiDigit(c) || c is '+' or '-' or '.'))))
                return 0;
        }
        return 0;
    }
}
