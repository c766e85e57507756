using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using ThreatWatch.Alerting.Acknowledging;
using ThreatWatch.Platform.Hosting;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Alerting.Notifying.Sms;

/// <summary>The address that a provider calls with the receipt of one message: signed, so that nobody else can say what became of it.</summary>
public sealed class ReceiptLinks(Settings settings)
{
    private const string Purpose = "threatwatch.receipt.1";
    private const int SignatureBytes = 16;

    private readonly Lazy<byte[]> _key = new(() => SigningKey.Load(settings.Get<HttpOptions>(), settings.Get<StorageOptions>(), settings.Current.Folder));

    /// <summary>Null where providers can't reach us.</summary>
    public Uri? For(string notificationId) =>
        settings.Get<HttpOptions>().PublicUrl is { } url ? new Uri(url, $"{GatewayCallbacks.Root}receipt/{notificationId}.{Sign(notificationId)}") : null;

    /// <summary>The notification that a token is for; null where it is forged.</summary>
    public string? Read(string token)
    {
        var parts = token.Split('.');
        return parts.Length == 2 && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(Sign(parts[0])), Encoding.UTF8.GetBytes(parts[1])) ? parts[0] : null;
    }

    private string Sign(string id) =>
        WebEncoders.Base64UrlEncode(HMACSHA256.HashData(_key.Value, Encoding.UTF8.GetBytes($"{Purpose}\n{id}")).AsSpan(0, SignatureBytes));
}
