using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using ThreatWatch.Platform.Hosting;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Alerting.Acknowledging;

/// <summary>
/// Makes and checks the links by which a person acknowledges: signed, expiring, good for one alert and one person. Short, since they
/// go into text messages too.
/// </summary>
public sealed class AcknowledgeLinks(Settings settings, TimeProvider time)
{
    // Whatever else is signed with the same key one day can't be passed off as an acknowledgement.
    private const string Purpose = "threatwatch.acknowledge.1";

    // 96 bits: a guess a nanosecond for the three days of a link finds one with a chance of 1 in 300 billion.
    private const int SignatureBytes = 12;

    private readonly Lazy<byte[]> _key = new(() => SigningKey.Load(settings.Get<HttpOptions>(), settings.Get<StorageOptions>(), settings.Current.Folder));

    public Uri For(string alertId, string officerId)
    {
        var expires = (time.GetUtcNow() + settings.Get<AlertingOptions>().LinkLifetime).ToUnixTimeSeconds() / 60;
        var claim = $"{alertId}.{officerId}.{expires:x}";
        return new Uri(settings.Get<HttpOptions>().BaseUrl, $"a/{claim}.{Sign(claim)}");
    }

    /// <summary>Who may acknowledge what; null for a token that is forged or damaged.</summary>
    public AcknowledgeClaim? Read(string token)
    {
        var cut = token.LastIndexOf('.');
        if (cut < 0)
            return null;
        var claim = token[..cut];
        if (!CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(Sign(claim)), Encoding.UTF8.GetBytes(token[(cut + 1)..])))
            return null;
        var parts = claim.Split('.');
        if (parts.Length != 3 || !long.TryParse(parts[2], System.Globalization.NumberStyles.HexNumber, null, out var minutes))
            return null;
        return new AcknowledgeClaim(parts[0], parts[1], DateTimeOffset.FromUnixTimeSeconds(minutes * 60) < time.GetUtcNow());
    }

    private string Sign(string claim) =>
        WebEncoders.Base64UrlEncode(HMACSHA256.HashData(_key.Value, Encoding.UTF8.GetBytes($"{Purpose}\n{claim}")).AsSpan(0, SignatureBytes));
}

/// <summary>What a valid link says.</summary>
public sealed record AcknowledgeClaim(string AlertId, string OfficerId, bool IsExpired);
