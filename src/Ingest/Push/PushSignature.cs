using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace ThreatWatch.Ingest.Push;

/// <summary>
/// Who pushes proves it with HMAC-SHA256 over the timestamp, a full stop and the raw body. The timestamp keeps a recorded request from
/// being used later, and <see cref="ReplayCache"/> from being used again at once.
/// </summary>
internal static class PushSignature
{
    public const string TimestampHeader = "X-ThreatWatch-Timestamp";
    public const string SignatureHeader = "X-ThreatWatch-Signature";

    /// <summary>How far the sender's clock may be off.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);

    /// <summary>The header's value: "sha256=" and 64 hex digits.</summary>
    /// <param name="timestamp">Unix seconds, as in the header.</param>
    public static string Of(string secret, string timestamp, ReadOnlySpan<byte> body)
    {
        using var mac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret));
        mac.AppendData(Encoding.UTF8.GetBytes(timestamp + "."));
        mac.AppendData(body);
        return "sha256=" + Convert.ToHexStringLower(mac.GetHashAndReset());
    }

    public static bool IsTimely(string? timestamp, DateTimeOffset now) =>
        long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
        && seconds < 100_000_000_000
        && (now - DateTimeOffset.FromUnixTimeSeconds(seconds)).Duration() <= Tolerance;

    /// <summary>Compares in constant time: how long it takes must not tell how much was right.</summary>
    public static bool IsRight(string secret, string timestamp, ReadOnlySpan<byte> body, string? signature) =>
        secret.Length > 0 && signature is not null
        && CryptographicOperations.FixedTimeEquals(
            Encoding.UTF8.GetBytes(Of(secret, timestamp, body)), Encoding.UTF8.GetBytes(signature.ToLowerInvariant()));
}
