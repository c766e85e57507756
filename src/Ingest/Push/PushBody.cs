using System.Text.Json;
using ThreatWatch.Ingest.Sources;
using ThreatWatch.Ingest.Sources.Files;

namespace ThreatWatch.Ingest.Push;

/// <summary>The items of a request: one object, a list of objects, or NDJSON. A bad one costs itself and is named by its index.</summary>
/// <param name="Items">In the order of the body.</param>
/// <param name="Errors">By index: the place in the list, or the line, from 0.</param>
internal sealed record PushBody(List<SourceItem> Items, List<PushError> Errors)
{
    public static PushBody Read(ReadOnlyMemory<byte> body, bool isNdjson)
    {
        var result = new PushBody([], []);
        if (!isNdjson && ParseWhole(body) is { } whole)
        {
            using (whole)
                result.AddWhole(whole.RootElement);
            return result;
        }

        var lines = body.Span;
        for (var index = 0; lines.Length > 0; index++)
        {
            var end = lines.IndexOf((byte)'\n');
            var line = end < 0 ? lines : lines[..end];
            lines = end < 0 ? default : lines[(end + 1)..];
            if (line.IndexOfAnyExcept(" \t\r"u8) >= 0)
                result.Add(index, NdjsonLine.Parse(line));
        }

        return result;
    }

    private static JsonDocument? ParseWhole(ReadOnlyMemory<byte> body)
    {
        try
        {
            return JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 32 });
        }
        catch (JsonException)
        {
            return null; // Lines of JSON are not one value.
        }
    }

    private void AddWhole(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Array)
        {
            Add(0, Parse(root));
            return;
        }

        var index = 0;
        foreach (var item in root.EnumerateArray())
            Add(index++, Parse(item));
    }

    private static (SourceItem? Item, string? Error) Parse(JsonElement value)
    {
        try
        {
            return NdjsonLine.Parse(value);
        }
        catch (InvalidOperationException)
        {
            return (null, "a text that is not valid Unicode");
        }
    }

    private void Add(int index, (SourceItem? Item, string? Error) parsed)
    {
        if (parsed.Item is not null)
            Items.Add(parsed.Item);
        else
            Errors.Add(new PushError(index, parsed.Error!));
    }
}

/// <summary>What is wrong with one item of a request.</summary>
public sealed record PushError(int Index, string Error);
