using System.Text;
using System.Text.Json;

namespace ThreatWatch.Ingest.Sources.Jetstream;

/// <summary>What a record of a Bluesky post says in words: its text, the texts for its images and videos, the card of a link, further tags.</summary>
internal static class PostRecord
{
    /// <summary>The label by which authors ask not to be shown to people who are not logged in.</summary>
    public const string MembersOnlyLabel = "!no-unauthenticated";

    /// <summary>The words, one part a line; null for a record that says nothing or asks not to be shown to people who are not logged in.</summary>
    /// <param name="record">At the start of the record.</param>
    public static string? Text(Utf8JsonReader record)
    {
        string? text = null;
        StringBuilder? more = null;
        while (record.Read() && record.TokenType == JsonTokenType.PropertyName)
        {
            if (record.ValueTextEquals("text"u8))
            {
                record.Read();
                text = record.TokenType == JsonTokenType.String ? record.GetString() : null;
            }
            else if (record.ValueTextEquals("embed"u8))
            {
                record.Read();
                TakeEmbed(ref record, ref more);
            }
            else if (record.ValueTextEquals("tags"u8))
            {
                record.Read();
                TakeTags(record, ref more);
            }
            else if (record.ValueTextEquals("labels"u8))
            {
                record.Read();
                if (HasLabel(record))
                    return null;
            }

            record.Skip();
        }

        if (more is null)
            return string.IsNullOrWhiteSpace(text) ? null : text;
        if (!string.IsNullOrWhiteSpace(text))
            more.Insert(0, text);
        else
            more.Remove(0, 1);
        return more.ToString();
    }

    /// <summary>True where a record's own label asks not to be shown to people who are not logged in.</summary>
    /// <param name="record">At the start of the record of a post or profile.</param>
    public static bool IsForMembersOnly(Utf8JsonReader record)
    {
        while (record.Read() && record.TokenType == JsonTokenType.PropertyName)
        {
            var isLabels = record.ValueTextEquals("labels"u8);
            record.Read();
            if (isLabels && HasLabel(record))
                return true;
            record.Skip();
        }

        return false;
    }

    // Kinds of embeds come and go; the keys under which they carry words do not. The words of a quoted post are not in the record.
    private static void TakeEmbed(ref Utf8JsonReader embed, ref StringBuilder? more)
    {
        if (embed.TokenType != JsonTokenType.StartObject)
            return;
        var depth = embed.CurrentDepth;
        while (embed.Read() && embed.CurrentDepth > depth)
        {
            if (embed.TokenType != JsonTokenType.PropertyName)
                continue;
            var isWords = embed.ValueTextEquals("alt"u8) || embed.ValueTextEquals("title"u8) || embed.ValueTextEquals("description"u8);
            if (!isWords)
                continue;
            embed.Read();
            if (embed.TokenType == JsonTokenType.String && embed.GetString() is { } words && !string.IsNullOrWhiteSpace(words))
                (more ??= new StringBuilder()).Append('\n').Append(words);
        }
    }

    private static void TakeTags(Utf8JsonReader tags, ref StringBuilder? more)
    {
        if (tags.TokenType != JsonTokenType.StartArray)
            return;
        while (tags.Read() && tags.TokenType == JsonTokenType.String)
            (more ??= new StringBuilder()).Append("\n#").Append(tags.GetString());
    }

    private static bool HasLabel(Utf8JsonReader labels)
    {
        if (labels.TokenType != JsonTokenType.StartObject)
            return false;
        var depth = labels.CurrentDepth;
        while (labels.Read() && labels.CurrentDepth > depth)
        {
            if (labels.TokenType == JsonTokenType.String && labels.ValueTextEquals(MembersOnlyLabel))
                return true;
        }

        return false;
    }
}
