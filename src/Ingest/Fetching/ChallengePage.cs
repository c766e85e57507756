using System.Text;

namespace ThreatWatch.Ingest.Fetching;

/// <summary>Tells pages that stand in front of a feed from the feed being broken: the operator can only mend what is named.</summary>
public static class ChallengePage
{
    private const int LookAt = 16 * 1024;

    /// <summary>What keeps us out, by the headers of an answer; null where nothing shows.</summary>
    public static string? ByHeaders(int status, FetchHeaders headers)
    {
        if (headers.First("cf-mitigated") is { } mitigated && mitigated.Contains("challenge", StringComparison.OrdinalIgnoreCase))
            return "a Cloudflare challenge: ask the site's operator to admit our User-Agent";
        if (status is 403 or 503 && headers.First("Server") is { } server && server.StartsWith("cloudflare", StringComparison.OrdinalIgnoreCase)
            && (headers.ContentType ?? "").StartsWith("text/html", StringComparison.OrdinalIgnoreCase))
            return $"HTTP {status} from Cloudflare, not from the site: ask its operator to admit our User-Agent";
        return null;
    }

    /// <summary>What an HTML page that came instead of a feed seems to be.</summary>
    public static string OfHtml(ReadOnlySpan<byte> page)
    {
        var text = Encoding.Latin1.GetString(page[..Math.Min(page.Length, LookAt)]);
        bool Has(string mark) => text.Contains(mark, StringComparison.OrdinalIgnoreCase);
        if (Has("cf-chl") || Has("challenge-platform") || Has("<title>Just a moment"))
            return "a Cloudflare challenge instead of a feed: ask the site's operator to admit our User-Agent";
        if (Has("captcha"))
            return "a page with a captcha instead of a feed: ask the site's operator to admit our User-Agent";
        if (Has("type=\"password\"") || Has("type='password'"))
            return "a login page instead of a feed";
        return "an HTML page instead of a feed";
    }
}
