using System.Globalization;
using System.Text.Json;

namespace ThreatWatch.Ingest.Sources.Telegram;

/// <summary>Makes an update a post, if it is one of a channel that the district listed: a bot may be added anywhere by anybody.</summary>
internal static class TelegramPost
{
    /// <param name="only">Names with @, or numbers.</param>
    public static PostItem? Read(JsonElement update, IReadOnlyList<string> only)
    {
        var edited = JsonFields.Member(update, "edited_channel_post");
        var message = edited.ValueKind == JsonValueKind.Object ? edited : JsonFields.Member(update, "channel_post");
        var chat = JsonFields.Member(message, "chat");
        if (JsonFields.Text(chat, "type") != "channel"
            || JsonFields.Number(chat, "id") is not { } channel
            || JsonFields.Number(message, "message_id") is not { } number)
        {
            return null;
        }

        var name = JsonFields.Text(chat, "username");
        var id = channel.ToString(CultureInfo.InvariantCulture);
        if (!only.Any(listed => listed == id || (name is not null && string.Equals(listed, "@" + name, StringComparison.OrdinalIgnoreCase))))
            return null;
        var poll = JsonFields.Member(message, "poll");
        var text = string.Join('\n', new[]
        {
            JsonFields.Text(message, "text"), JsonFields.Text(message, "caption"), JsonFields.Text(poll, "question"),
        }.Concat(JsonFields.Items(poll, "options").Select(option => JsonFields.Text(option, "text"))).Where(part => !string.IsNullOrWhiteSpace(part)));
        if (text.Length == 0)
            return null;
        return new PostItem(
            string.Create(CultureInfo.InvariantCulture, $"{channel}/{number}"),
            text,
            null,
            name is null ? null : string.Create(CultureInfo.InvariantCulture, $"https://t.me/{name}/{number}"),
            name is null ? id : "@" + name,
            JsonFields.Number(message, "date") is > 0 and < 253_402_300_799 and var at ? DateTimeOffset.FromUnixTimeSeconds(at) : null,
            IsFirst: edited.ValueKind != JsonValueKind.Object);
    }
}
