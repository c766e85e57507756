using System.Collections.Concurrent;
using System.Text.Json;
using MailKit.Security;
using ThreatWatch.Alerting.Notifying.Http;

namespace ThreatWatch.Alerting.Notifying.Email;

/// <summary>Tokens for logins by OAuth 2: fetched when one is needed, kept until shortly before they end, and only once at a time.</summary>
public sealed class MailTokens(ProviderHttp http, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    // A token that ends while a connection is being made would be refused.
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(2);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly ConcurrentDictionary<OAuthOptions, (string Token, DateTimeOffset Until)> _kept = new();

    /// <summary>The way to log in as a user.</summary>
    /// <param name="mechanisms">What the mail server offers.</param>
    /// <exception cref="TokenRefusedException">There is no token to be had.</exception>
    internal async Task<SaslMechanism> LoginAsync(string user, OAuthOptions options, IReadOnlySet<string> mechanisms, CancellationToken cancellationToken)
    {
        var token = await GetAsync(options, cancellationToken);
        return mechanisms.Contains("OAUTHBEARER") && !mechanisms.Contains("XOAUTH2") ? new SaslMechanismOAuthBearer(user, token) : new SaslMechanismOAuth2(user, token);
    }

    /// <summary>The mail server refused it, whatever its end says.</summary>
    public void Forget() => _kept.Clear();

    public void Dispose() => _turn.Dispose();

    private async Task<string> GetAsync(OAuthOptions options, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (_kept.TryGetValue(options, out var kept) && kept.Until > time.GetUtcNow())
                return kept.Token;
            var (token, lasts) = await FetchAsync(options, cancellationToken);
            _kept[options] = (token, time.GetUtcNow() + lasts - Margin);
            return token;
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<(string Token, TimeSpan Lasts)> FetchAsync(OAuthOptions options, CancellationToken cancellationToken)
    {
        var fields = new Dictionary<string, string> { ["client_id"] = options.ClientId, ["client_secret"] = options.ClientSecret.Reveal() };
        fields["grant_type"] = options.RefreshToken.IsEmpty ? "client_credentials" : "refresh_token";
        if (!options.RefreshToken.IsEmpty)
            fields["refresh_token"] = options.RefreshToken.Reveal();
        if (options.Scope is { } scope)
            fields["scope"] = scope;
        using var request = new HttpRequestMessage(HttpMethod.Post, options.TokenUrl) { Content = new FormUrlEncodedContent(fields) };
        var answer = await http.SendAsync(request, Patience, cancellationToken);
        if (!answer.IsSuccess)
            throw new TokenRefusedException(answer.Failure is { } failure ? $"the token server {failure}" : $"the token server answers {answer.Status}{Error(answer.Body)}");
        try
        {
            using var document = JsonDocument.Parse(answer.Body);
            var seconds = document.RootElement.TryGetProperty("expires_in", out var lasts) && lasts.TryGetInt32(out var number) ? number : 300;
            return (document.RootElement.GetProperty("access_token").GetString()!, TimeSpan.FromSeconds(seconds));
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new TokenRefusedException("the token server's answer holds no token");
        }
    }

    // One of the short words of RFC 6749, such as "invalid_client"; the longer text may name people.
    private static string Error(string body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement.TryGetProperty("error", out var error) && error.ValueKind == JsonValueKind.String && error.GetString() is { Length: < 40 } word
                ? $" ({word})"
                : "";
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return "";
        }
    }
}

/// <summary>There is no token for the login; the message says why, for people.</summary>
public sealed class TokenRefusedException(string message) : Exception(message);
