using System.Globalization;
using System.Text.Json;

namespace ThreatWatch.Ingest.Sources.Lemmy;

/// <summary>Makes a view of a post or comment, of either version of the interface, an item; what only members may see is none.</summary>
internal static class LemmyView
{
    /// <summary>The server's number, by which new ones are told from known ones; null for what is no view.</summary>
    public static long? Id(JsonElement view, LemmyKind kind) => JsonFields.Number(JsonFields.Member(view, Name(kind)), "id");

    /// <summary>The item; null for what is not public or says nothing. The text of posts is Markdown, which reads as it is.</summary>
    public static SourceItem? Read(JsonElement view, LemmyKind kind)
    {
        var said = JsonFields.Member(view, Name(kind));
        var community = JsonFields.Member(view, "community");
        if (Id(view, kind) is not { } number)
            return null;
        var id = string.Create(CultureInfo.InvariantCulture, $"{Name(kind)}:{number}");
        if (!IsPublic(community) || IsGone(said) || JsonFields.IsTrue(community, "removed") || JsonFields.IsTrue(community, "deleted"))
            return new DeletedItem(id);
        var title = kind == LemmyKind.Post ? JsonFields.Text(said, "name") : null;
        var text = kind == LemmyKind.Post
            ? string.Join('\n', new[] { JsonFields.Text(said, "body"), JsonFields.Text(said, "alt_text") }.Where(part => !string.IsNullOrWhiteSpace(part)))
            : JsonFields.Text(said, "content");
        if (string.IsNullOrWhiteSpace(text) && string.IsNullOrWhiteSpace(title))
            return null;
        return new PostItem(
            id,
            text ?? "",
            title,
            JsonFields.Text(said, "ap_id"),
            JsonFields.Text(JsonFields.Member(view, "creator"), "name"),
            JsonFields.Instant(said, "published_at") ?? JsonFields.Instant(said, "published"));
    }

    private static string Name(LemmyKind kind) => kind == LemmyKind.Post ? "post" : "comment";

    // Unknown kinds of visibility are kept out: they would be new ways to be private.
    private static bool IsPublic(JsonElement community) =>
        !JsonFields.IsTrue(community, "local_only")
        && JsonFields.Text(community, "visibility") is var visibility
        && (visibility is null || visibility.ToLowerInvariant() is "public" or "unlisted");

    private static bool IsGone(JsonElement said) => JsonFields.IsTrue(said, "removed") || JsonFields.IsTrue(said, "deleted");
}
