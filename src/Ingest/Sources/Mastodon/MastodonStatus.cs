using System.Text;
using System.Text.Json;
using ThreatWatch.Ingest.Sources.Markup;

namespace ThreatWatch.Ingest.Sources.Mastodon;

/// <summary>Makes a status a post: only what its author made public, with all the words that a reader of it sees or hears.</summary>
internal static class MastodonStatus
{
    /// <summary>The post; null for a boost, for anything that is not public and for what says nothing.</summary>
    /// <param name="isNew">True for a status that the server calls new.</param>
    public static PostItem? Read(JsonElement status, bool isNew = false)
    {
        if (JsonFields.Text(status, "id") is not { Length: > 0 } id
            || JsonFields.Text(status, "visibility") != "public"
            || JsonFields.Has(status, "reblog")
            || JsonFields.Text(JsonFields.Member(status, "account"), "acct") is not { } account)
        {
            return null;
        }

        var text = new StringBuilder();
        Add(text, JsonFields.Text(status, "spoiler_text"));
        Add(text, JsonFields.Text(status, "content") is { } content ? HtmlText.FromHtml(content) : null);
        foreach (var medium in JsonFields.Items(status, "media_attachments"))
            Add(text, JsonFields.Text(medium, "description"));
        foreach (var option in JsonFields.Items(JsonFields.Member(status, "poll"), "options"))
            Add(text, JsonFields.Text(option, "title"));
        if (text.Length == 0)
            return null;
        return new PostItem(
            id,
            text.ToString(),
            null,
            JsonFields.Text(status, "url") ?? JsonFields.Text(status, "uri"),
            account,
            JsonFields.Instant(status, "created_at"),
            IsFirst: isNew && !JsonFields.Has(status, "edited_at"));
    }

    private static void Add(StringBuilder text, string? words)
    {
        if (string.IsNullOrWhiteSpace(words))
            return;
        if (text.Length > 0)
            text.Append('\n');
        text.Append(words);
    }
}
