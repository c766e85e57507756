using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using ThreatWatch.Platform.Hosting;

namespace ThreatWatch.Alerting.Notifying.Sms;

/// <summary>What a provider calls us with: fields of the query, of a form or of JSON, and the bytes that its signature covers.</summary>
internal sealed record CallbackFields(IReadOnlyDictionary<string, string> Values, byte[] Body)
{
    private const int MostBytes = 64 * 1024;

    public string this[string name] => Values.GetValueOrDefault(name, "");

    /// <summary>Null where the body is too large or is not what it says.</summary>
    public static async Task<CallbackFields?> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = MostBytes;
        if (request.ContentLength > MostBytes)
            return null;
        using var stream = new MemoryStream();
        await request.Body.CopyToAsync(stream, cancellationToken);
        var body = stream.ToArray();
        var values = request.Query.ToDictionary(pair => pair.Key, pair => pair.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        try
        {
            if (request.HasFormContentType)
            {
                foreach (var (name, value) in QueryHelpers.ParseQuery(Encoding.UTF8.GetString(body)))
                    values[name] = value.ToString();
            }
            else if (body.Length > 0)
            {
                using var json = JsonDocument.Parse(body);
                Flatten("", json.RootElement, values);
            }
        }
        catch (JsonException)
        {
            return null;
        }

        return new CallbackFields(values, body);
    }

    /// <summary>True where the provider's secret shows: in the signature of the body, or at the end of the address.</summary>
    public bool IsProvedBy(Secret secret, string? signatureHeader, string? addressEnd, HttpRequest request)
    {
        if (signatureHeader is null)
            return Same(secret.Reveal(), addressEnd ?? "");
        var mac = HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret.Reveal()), Body);
        // Some write "sha256=" before it.
        var given = request.Headers[signatureHeader].ToString().Split('=', 2) is ["sha256", var rest] ? rest : request.Headers[signatureHeader].ToString();
        return Body.Length > 0 && (Same(Convert.ToHexStringLower(mac), given.ToLowerInvariant()) || Same(Convert.ToBase64String(mac), given));
    }

    private static bool Same(string expected, string given) =>
        CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(expected)), SHA256.HashData(Encoding.UTF8.GetBytes(given)));

    private static void Flatten(string path, JsonElement element, Dictionary<string, string> values)
    {
        string At(object name) => path.Length == 0 ? $"{name}" : $"{path}.{name}";
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var property in element.EnumerateObject())
                    Flatten(At(property.Name), property.Value, values);
                break;
            case JsonValueKind.Array:
                foreach (var (index, item) in element.EnumerateArray().Index())
                    Flatten(At(index), item, values);
                break;
            case JsonValueKind.Null or JsonValueKind.Undefined:
                break;
            default:
                values[path] = element.ToString();
                break;
        }
    }
}
