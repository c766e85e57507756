using System.Text;

namespace ThreatWatch.Ingest.Fetching;

/// <summary>Where the redirects of one fetch led, followed by hand so that each hop is checked.</summary>
internal sealed class RedirectTrail
{
    private const int MostHops = 5;

    private readonly List<Uri> _seen;
    private bool _allPermanent = true;

    public RedirectTrail(Uri start) => _seen = [start];

    public Uri Current => _seen[^1];

    /// <summary>True until a hop leaves scheme, host and port of the start; it never comes back, and so does no Authorization.</summary>
    public bool IsInOrigin { get; private set; } = true;

    /// <summary>The new address, if every hop was permanent and none left https.</summary>
    public Uri? MovedTo => _seen.Count > 1 && _allPermanent ? Current : null;

    public static bool IsRedirect(int status) => status is 301 or 302 or 303 or 307 or 308;

    /// <summary>Takes one hop; returns why not, or null.</summary>
    public string? Follow(int status, string? location)
    {
        if (string.IsNullOrWhiteSpace(location))
            return $"HTTP {status} without a Location";
        if (!Uri.TryCreate(Current, Utf8(location), out var next))
            return $"HTTP {status} to something that is no address";
        if (!IsHttp(next))
            return $"a redirect to the scheme \"{next.Scheme}\"";
        if (_seen.Contains(next))
            return $"redirects in a circle at {next.Host}";
        if (_seen.Count > MostHops)
            return $"more than {MostHops} redirects, the last to {next.Host}";
        // Whoever can change a plain answer could move the source for good.
        _allPermanent &= status is 301 or 308 && !(Current.Scheme == Uri.UriSchemeHttps && next.Scheme == Uri.UriSchemeHttp);
        IsInOrigin &= Uri.Compare(_seen[0], next, UriComponents.SchemeAndServer, UriFormat.SafeUnescaped, StringComparison.OrdinalIgnoreCase) == 0;
        _seen.Add(next);
        return null;
    }

    public static bool IsHttp(Uri url) => url.IsAbsoluteUri && (url.Scheme == Uri.UriSchemeHttps || url.Scheme == Uri.UriSchemeHttp);

    // Headers arrive as Latin-1; servers that write other letters mean UTF-8.
    private static string Utf8(string location) =>
        location.All(char.IsAscii) ? location : Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(location));
}
