using System.Security.Cryptography;
using System.Text;

namespace ThreatWatch.Ingest.WebSub;

/// <summary>Checks X-Hub-Signature (W3C WebSub, section 8): whoever knows the callback but not the secret must not put posts in.</summary>
internal static class HubSignature
{
    /// <param name="header">Such as "sha256=0a1b...".</param>
    /// <param name="secret">As given to the hub.</param>
    /// <param name="body">Raw, as received.</param>
    public static bool IsValid(string? header, string secret, ReadOnlySpan<byte> body)
    {
        if (header?.Split('=', 2) is not [var method, var hex])
            return false;
        var key = Encoding.UTF8.GetBytes(secret);
#pragma warning disable CA5350 // The hub chooses; Google's still signs with SHA-1, whose HMAC is not broken.
        var right = method.Trim().ToLowerInvariant() switch
        {
            "sha1" => HMACSHA1.HashData(key, body),
            "sha256" => HMACSHA256.HashData(key, body),
            "sha384" => HMACSHA384.HashData(key, body),
            "sha512" => HMACSHA512.HashData(key, body),
            _ => null,
        };
#pragma warning restore CA5350
        if (right is null)
            return false;
        var given = new byte[right.Length];
        return Convert.FromHexString(hex.Trim(), given, out _, out var length) == System.Buffers.OperationStatus.Done
            && length == right.Length && CryptographicOperations.FixedTimeEquals(given, right);
    }
}
