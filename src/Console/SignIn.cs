using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using ThreatWatch.Platform.Hosting;

namespace ThreatWatch.Console;

/// <summary>
/// Lets people in by name and password (HTTP Basic, RFC 7617, behind the TLS of the reverse proxy) and refuses forms that another site sent
/// with a person's credentials.
/// </summary>
public sealed class SignIn(Settings settings) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        var headers = http.Response.Headers;
        headers.ContentSecurityPolicy = "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers.CacheControl = "no-store";
        if (!IsAllowed(http, out var name))
        {
            headers.WWWAuthenticate = "Basic realm=\"ThreatWatch\", charset=\"UTF-8\"";
            return Results.Text("Sign in to see alerts.\n", statusCode: StatusCodes.Status401Unauthorized);
        }

        if (HttpMethods.IsPost(http.Request.Method) && IsFromElsewhere(http.Request))
            return Results.Text("This form was sent by another site.\n", statusCode: StatusCodes.Status403Forbidden);
        http.User = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, name)], "Basic"));
        return await next(context);
    }

    private bool IsAllowed(HttpContext http, out string name)
    {
        name = "console";
        var users = settings.Get<ConsoleOptions>().Users;
        if (users.Count == 0)
            return http.Connection.RemoteIpAddress is { } address && System.Net.IPAddress.IsLoopback(address) && !http.Request.Headers.ContainsKey("X-Forwarded-For");
        var header = http.Request.Headers.Authorization.ToString();
        if (!header.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase))
            return false;
        var bytes = new byte[header.Length];
        if (!Convert.TryFromBase64String(header[6..].Trim(), bytes, out var length))
            return false;
        var pair = Encoding.UTF8.GetString(bytes, 0, length).Split(':', 2);
        if (pair.Length != 2)
            return false;
        name = pair[0];
        var allowed = false;
        foreach (var user in users)
        {
            // Hashes have one length, so that the comparison tells nothing about the password's.
            var same = CryptographicOperations.FixedTimeEquals(
                SHA256.HashData(Encoding.UTF8.GetBytes(user.Password.Reveal())), SHA256.HashData(Encoding.UTF8.GetBytes(pair[1])));
            allowed |= same && user.Id == pair[0];
        }

        return allowed;
    }

    private static bool IsFromElsewhere(HttpRequest request)
    {
        var site = request.Headers["Sec-Fetch-Site"].ToString();
        if (site.Length > 0)
            return site is not ("same-origin" or "none");
        var origin = request.Headers.Origin.ToString();
        return origin.Length > 0 && !(Uri.TryCreate(origin, UriKind.Absolute, out var uri) && uri.Authority == request.Host.Value);
    }
}
