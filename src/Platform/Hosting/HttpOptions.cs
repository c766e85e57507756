using System.Net;

namespace ThreatWatch.Platform.Hosting;

/// <summary>The daemon's own web server: console, health, pushes, acknowledgement links. Section "http" of the configuration.</summary>
public sealed record HttpOptions
{
    /// <summary>Address and port, such as "http://127.0.0.1:8080"; TLS is the business of the reverse proxy in front.</summary>
    public string Listen { get; init; } = "http://127.0.0.1:8080";

    /// <summary>The address under which people's phones reach it, such as "https://watch.district.example"; links in messages begin with it.</summary>
    public Uri? PublicUrl { get; init; }

    /// <summary>Signs links in messages; at least 32 characters. Made by itself beside the database where it is not given.</summary>
    public Secret SigningKey { get; init; } = Secret.None;

    /// <summary>What links begin with.</summary>
    public Uri BaseUrl => PublicUrl ?? new Uri(Listen.Replace("0.0.0.0", "127.0.0.1", StringComparison.Ordinal).Replace("[::]", "127.0.0.1", StringComparison.Ordinal));

    internal static void Validate(HttpOptions options, Problems problems)
    {
        if (!Uri.TryCreate(options.Listen, UriKind.Absolute, out var uri) || uri.Scheme != "http"
            || !(IPAddress.TryParse(uri.Host.Trim('[', ']'), out _) || uri.Host == "localhost"))
            problems.Add("listen", "must be an address such as \"http://127.0.0.1:8080\"");
        if (options.PublicUrl is { Scheme: not ("http" or "https") })
            problems.Add("publicUrl", "must begin with https:// (or http://)");
        if (!options.SigningKey.IsEmpty && options.SigningKey.Reveal().Length < 32)
            problems.Add("signingKey", "must have at least 32 characters");
    }
}
