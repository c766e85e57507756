using System.Globalization;
using System.Text.Json;

namespace ThreatWatch.Ingest.Sources;

/// <summary>Reads members of JSON that others wrote: what is missing, null or of another type is simply not there.</summary>
internal static class JsonFields
{
    public static JsonElement Member(JsonElement value, string key) =>
        value.ValueKind == JsonValueKind.Object && value.TryGetProperty(key, out var member) ? member : default;

    /// <summary>A text, or a number as it is written; null for anything else and for a text that is not valid Unicode.</summary>
    public static string? Text(JsonElement value, string key)
    {
        var member = Member(value, key);
        if (member.ValueKind == JsonValueKind.Number)
            return member.GetRawText();
        if (member.ValueKind != JsonValueKind.String)
            return null;
        try
        {
            return member.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    public static bool IsTrue(JsonElement value, string key) => Member(value, key).ValueKind == JsonValueKind.True;

    /// <summary>True for a member that is there and is not null.</summary>
    public static bool Has(JsonElement value, string key) =>
        Member(value, key).ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null);

    public static long? Number(JsonElement value, string key) =>
        Member(value, key) is { ValueKind: JsonValueKind.Number } member && member.TryGetInt64(out var number) ? number : null;

    public static DateTimeOffset? Instant(JsonElement value, string key) =>
        DateTimeOffset.TryParse(Text(value, key), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : null;

    /// <summary>The elements of a list; none for anything else.</summary>
    public static IEnumerable<JsonElement> Items(JsonElement list) =>
        list.ValueKind == JsonValueKind.Array ? list.EnumerateArray() : [];

    public static IEnumerable<JsonElement> Items(JsonElement value, string key) => Items(Member(value, key));
}
