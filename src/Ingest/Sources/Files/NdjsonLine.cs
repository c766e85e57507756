using System.Globalization;
using System.Text.Json;

namespace ThreatWatch.Ingest.Sources.Files;

/// <summary>
/// One line of NDJSON as an item: <c>{"id","text","title","author","url","publishedAt","op"}</c>. Only id and text are needed;
/// <c>"op": "delete"</c> takes a post back and needs the id alone. Keys that are not known are passed over.
/// </summary>
internal static class NdjsonLine
{
    /// <summary>The item, or what is wrong with the line; never its text.</summary>
    public static (SourceItem? Item, string? Error) Parse(ReadOnlySpan<byte> line)
    {
        try
        {
            var reader = new Utf8JsonReader(line, new JsonReaderOptions { MaxDepth = 32 });
            using var document = JsonDocument.ParseValue(ref reader);
            if (line[(int)reader.BytesConsumed..].IndexOfAnyExcept(" \t\r\n"u8) >= 0)
                return (null, "more than one value on the line");
            return Parse(document.RootElement);
        }
        catch (JsonException exception)
        {
            return (null, string.Create(CultureInfo.InvariantCulture, $"not JSON at byte {exception.BytePositionInLine}"));
        }
        catch (InvalidOperationException)
        {
            return (null, "a text that is not valid UTF-8 or UTF-16");
        }
    }

    /// <summary>The same for a value that is parsed.</summary>
    /// <exception cref="InvalidOperationException">A text is not valid Unicode.</exception>
    public static (SourceItem? Item, string? Error) Parse(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object)
            return (null, "not an object in { }");
        var id = Text(value, "id");
        if (string.IsNullOrEmpty(id))
            return (null, "no \"id\"");
        var op = Text(value, "op");
        if (op == "delete")
            return (new DeletedItem(id), null);
        if (op is not (null or "" or "upsert"))
            return (null, "\"op\" must be \"upsert\" or \"delete\"");
        if (Text(value, "text") is not { } text || string.IsNullOrWhiteSpace(text))
            return (null, "no \"text\"");
        DateTimeOffset? publishedAt = DateTimeOffset.TryParse(
            Text(value, "publishedAt"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : null;
        return (new PostItem(id, text, Text(value, "title"), Text(value, "url"), Text(value, "author"), publishedAt), null);
    }

    private static string? Text(JsonElement value, string key) =>
        !value.TryGetProperty(key, out var member) ? null
        : member.ValueKind == JsonValueKind.String ? member.GetString()
        : member.ValueKind == JsonValueKind.Number ? member.GetRawText()
        : null;
}
