using ThreatWatch.Platform.Hosting;

namespace ThreatWatch.Alerting.Notifying.Email;

/// <summary>
/// Login at the mail server by OAuth 2 in place of a password. Part "oAuth" of "alerting.email.smtp". Microsoft 365: the tenant's token
/// address, scope "https://outlook.office365.com/.default". Google: "https://oauth2.googleapis.com/token" and a refresh token.
/// </summary>
public sealed record OAuthOptions
{
    /// <summary>Where tokens are had.</summary>
    public Uri TokenUrl { get; init; } = new("about:blank");

    public string ClientId { get; init; } = "";

    public Secret ClientSecret { get; init; } = Secret.None;

    /// <summary>Null where the provider wants none.</summary>
    public string? Scope { get; init; }

    /// <summary>Of a person's consent; without it the client signs in as itself.</summary>
    public Secret RefreshToken { get; init; } = Secret.None;

    internal static void Validate(OAuthOptions options, Problems problems)
    {
        if (options.TokenUrl.Scheme != Uri.UriSchemeHttps && !(options.TokenUrl.Scheme == Uri.UriSchemeHttp && options.TokenUrl.IsLoopback))
            problems.Add("tokenUrl", "must be an address that begins with https://");
        if (options.ClientId.Length == 0)
            problems.Add("clientId", "is needed");
        if (options.ClientSecret.IsEmpty)
            problems.Add("clientSecret", "is needed; better as { \"file\": \"/run/secrets/oauth\" } than in this file");
    }
}
