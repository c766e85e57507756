using System.Security.Cryptography;
using System.Text;

namespace ThreatWatch.Alerting.Notifying.Twilio;

/// <summary>
/// X-Twilio-Signature: HMAC-SHA1 under the account's token of the public URL and the form's fields, sorted by name. SHA-1 is Twilio's
/// choice; as the hash of an HMAC it still holds.
/// </summary>
internal static class TwilioSignature
{
    public const string Header = "X-Twilio-Signature";

    public static bool IsValid(string? header, string token, Uri url, IReadOnlyList<KeyValuePair<string, string>> fields)
    {
        if (string.IsNullOrEmpty(header) || token.Length == 0)
            return false;
        var given = Encoding.ASCII.GetBytes(header);
        // Twilio signs the URL as it was given to it, with or without a port that goes without saying.
        var standing = CryptographicOperations.FixedTimeEquals(given, Encoding.ASCII.GetBytes(Sign(token, url.AbsoluteUri, fields)));
        var withPort = CryptographicOperations.FixedTimeEquals(given, Encoding.ASCII.GetBytes(Sign(token, WithPort(url), fields)));
        return standing | withPort;
    }

    public static string Sign(string token, string url, IEnumerable<KeyValuePair<string, string>> fields)
    {
        var text = new StringBuilder(url);
        foreach (var (name, value) in fields.OrderBy(field => field.Key, StringComparer.Ordinal))
            text.Append(name).Append(value);
#pragma warning disable CA5350 // The provider prescribes it.
        return Convert.ToBase64String(HMACSHA1.HashData(Encoding.UTF8.GetBytes(token), Encoding.UTF8.GetBytes(text.ToString())));
#pragma warning restore CA5350
    }

    private static string WithPort(Uri url) => $"{url.Scheme}://{url.Host}:{url.Port}{url.PathAndQuery}";
}
