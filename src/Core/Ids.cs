using System.Security.Cryptography;
using System.Text;

namespace ThreatWatch.Core;

/// <summary>Makes the ids that facts bear.</summary>
public static class Ids
{
    // Crockford's base 32 without letters that are taken for digits, so that an officer can read an id out over the phone.
    private const string Speakable = "23456789ABCDEFGHJKMNPQRSTVWXYZ";

    /// <summary>32 hex digits that sort by <paramref name="now"/> (UUID version 7, RFC 9562).</summary>
    public static string New(DateTimeOffset now) => Guid.CreateVersion7(now).ToString("N");

    /// <summary>Eight speakable characters, such as "K7Q2-M9DX": one in 6e11, so that a clash is left to the unique key.</summary>
    public static string NewAlert()
    {
        var letters = RandomNumberGenerator.GetString(Speakable, 8);
        return $"{letters[..4]}-{letters[4..]}";
    }

    /// <summary>SHA-256 of a text in UTF-8, hex, lower case.</summary>
    public static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
