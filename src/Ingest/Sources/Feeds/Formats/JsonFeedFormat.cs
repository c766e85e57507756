using System.Text;
using System.Text.Json;
using ThreatWatch.Ingest.Sources.Feeds.Dates;
using ThreatWatch.Ingest.Sources.Markup;

namespace ThreatWatch.Ingest.Sources.Feeds.Formats;

/// <summary>Reads JSON Feed 1.0 and 1.1, item by item, so that a document that breaks off still gives the items before.</summary>
internal static class JsonFeedFormat
{
    private static readonly JsonReaderOptions Lenient = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip, MaxDepth = 256 };

    public static FeedOutcome Read(string source, string? baseUrl)
    {
        var drafts = new List<EntryDraft>();
        var facts = new Facts();
        var isComplete = true;
        try
        {
            var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(source), Lenient);
            ReadTop(ref reader, facts, drafts, baseUrl);
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException or FormatException)
        {
            isComplete = false;
        }
        if (!isComplete && drafts.Count == 0)
            return new NotAFeed(NotAFeedReason.BrokenJson, "The JSON breaks off or is malformed before its first item.");
        if (facts.Version?.Contains("jsonfeed", StringComparison.OrdinalIgnoreCase) != true && !facts.HasItems)
            return new NotAFeed(NotAFeedReason.UnknownFormat, "JSON without the version or the items of a JSON Feed.");
        return new FeedDocument(FeedFormat.Json, EntryIdentity.Settle(drafts))
        {
            Title = facts.Title,
            SelfUrl = facts.SelfUrl,
            NextUrl = facts.NextUrl == facts.SelfUrl ? null : facts.NextUrl,
            IsExpired = facts.IsExpired,
            Hubs = facts.Hubs,
        };
    }

    private sealed class Facts
    {
        public string? Version, Title, SelfUrl, NextUrl;
        public bool IsExpired, HasItems;
        public List<string> Hubs = [];
    }

    private static void ReadTop(ref Utf8JsonReader reader, Facts facts, List<EntryDraft> drafts, string? baseUrl)
    {
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            return;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString();
            reader.Read();
            if (name == "items" && reader.TokenType == JsonTokenType.StartArray)
            {
                facts.HasItems = true;
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    using var item = JsonDocument.ParseValue(ref reader);
                    if (item.RootElement.ValueKind == JsonValueKind.Object)
                        drafts.Add(ReadItem(item.RootElement, baseUrl));
                }
                continue;
            }
            using var value = JsonDocument.ParseValue(ref reader);
            Take(facts, name, value.RootElement, baseUrl);
        }
    }

    private static void Take(Facts facts, string? name, JsonElement value, string? baseUrl)
    {
        switch (name)
        {
            case "version": facts.Version = Text(value); break;
            case "title": facts.Title = Text(value); break;
            case "feed_url": facts.SelfUrl = UrlResolver.Resolve(baseUrl, Text(value)); break;
            case "next_url": facts.NextUrl = UrlResolver.Resolve(baseUrl, Text(value)); break;
            case "expired": facts.IsExpired = value.ValueKind == JsonValueKind.True; break;
            case "hubs" when value.ValueKind == JsonValueKind.Array:
                foreach (var hub in value.EnumerateArray())
                {
                    if (hub.ValueKind == JsonValueKind.Object && UrlResolver.Resolve(baseUrl, Text(hub, "url")) is { } url && facts.Hubs.Count < 8)
                        facts.Hubs.Add(url);
                }
                break;
        }
    }

    private static EntryDraft ReadItem(JsonElement item, string? baseUrl)
    {
        var html = Text(item, "content_html");
        var plain = Text(item, "content_text");
        return new EntryDraft
        {
            // The standard has readers drop items without an id; a threat must not be lost for that, so their link stands in.
            PublishedId = Text(item, "id") is { Length: > 0 } id ? id : null,
            Url = UrlResolver.Resolve(baseUrl, Text(item, "url") ?? Text(item, "external_url")),
            Title = FeedText.FromGuess(Text(item, "title") ?? ""),
            Text = string.IsNullOrWhiteSpace(plain) ? html is { Length: > 0 } ? HtmlText.FromHtml(html) : (Text(item, "summary") ?? "").Trim() : plain.Trim(),
            Author = Author(item),
            PublishedAt = FeedDate.Parse(Text(item, "date_published")),
            UpdatedAt = FeedDate.Parse(Text(item, "date_modified")),
        };
    }

    private static string? Author(JsonElement item)
    {
        if (item.TryGetProperty("authors", out var authors) && authors.ValueKind == JsonValueKind.Array)
        {
            foreach (var author in authors.EnumerateArray())
            {
                if (Text(author, "name") is { Length: > 0 } name)
                    return name;
            }
        }
        return item.TryGetProperty("author", out var old) ? old.ValueKind == JsonValueKind.String ? Text(old) : Text(old, "name") : null;
    }

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? Text(value) : null;

    // Numbers are coerced to text, as the standard asks for ids.
    private static string? Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number => value.GetRawText(),
        _ => null,
    };
}
