using System.Globalization;
using System.Text.Json;

namespace ThreatWatch.Ingest.Sources.Jetstream;

/// <summary>
/// One event of the Jetstream v1 wire. Most events of a network are of no use here, so that the reader looks at bytes and makes no
/// objects until it knows that it has a post.
/// </summary>
/// <param name="TimeUs">When the server saw it, microseconds since 1970: the cursor.</param>
/// <param name="Item">Null for an event of which nothing follows.</param>
/// <param name="OptedOut">The DID of an author whose profile asks not to be shown to people who are not logged in.</param>
internal readonly record struct JetstreamEvent(long TimeUs, SourceItem? Item, string? OptedOut = null)
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 64 };

    private enum Kind
    {
        Other,
        Commit,
        Account,
    }

    private enum Operation
    {
        Other,
        Create,
        Update,
        Delete,
    }

    private enum Collection
    {
        Other,
        Post,
        Profile,
    }

    /// <summary>Reads an event; false with what is wrong with it, which never holds its text.</summary>
    public static bool TryRead(ReadOnlySpan<byte> json, out JetstreamEvent parsed, out string? error)
    {
        parsed = default;
        try
        {
            var reader = new Utf8JsonReader(json, Options);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                error = "not an object";
                return false;
            }

            return Read(ref reader, out parsed, out error);
        }
        catch (JsonException exception)
        {
            error = string.Create(CultureInfo.InvariantCulture, $"not JSON at byte {exception.BytePositionInLine}");
            return false;
        }
        catch (InvalidOperationException)
        {
            error = "a text that is not valid UTF-8, or a value of another type";
            return false;
        }
    }

    private static bool Read(ref Utf8JsonReader reader, out JetstreamEvent parsed, out string? error)
    {
        parsed = default;
        error = null;
        long timeUs = 0;
        var kind = Kind.Other;
        // A reader is a value: a copy of it is a bookmark.
        Utf8JsonReader didAt = default, commit = default, account = default;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("did"u8))
            {
                reader.Read();
                didAt = reader;
            }
            else if (reader.ValueTextEquals("time_us"u8))
            {
                reader.Read();
                if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out timeUs))
                    timeUs = 0;
            }
            else if (reader.ValueTextEquals("kind"u8))
            {
                reader.Read();
                kind = reader.ValueTextEquals("commit"u8) ? Kind.Commit : reader.ValueTextEquals("account"u8) ? Kind.Account : Kind.Other;
            }
            else if (reader.ValueTextEquals("commit"u8))
            {
                reader.Read();
                commit = reader;
            }
            else if (reader.ValueTextEquals("account"u8))
            {
                reader.Read();
                account = reader;
            }

            reader.Skip();
        }

        // An object that ends early leaves the reader elsewhere than at its end.
        if (reader.TokenType != JsonTokenType.EndObject || timeUs <= 0)
        {
            error = timeUs <= 0 ? "no \"time_us\"" : "cut short";
            return false;
        }

        parsed = new JetstreamEvent(timeUs, null);
        if (kind == Kind.Other)
            return true;
        if (didAt.TokenType != JsonTokenType.String)
        {
            error = "no \"did\"";
            return false;
        }

        if (kind == Kind.Account && account.TokenType == JsonTokenType.StartObject)
        {
            if (IsGone(account))
                parsed = parsed with { Item = new AuthorGone(didAt.GetString()!) };
        }
        else if (kind == Kind.Commit && commit.TokenType == JsonTokenType.StartObject)
        {
            parsed = ReadCommit(commit, didAt, timeUs);
        }

        return true;
    }

    private static JetstreamEvent ReadCommit(Utf8JsonReader reader, Utf8JsonReader didAt, long timeUs)
    {
        var operation = Operation.Other;
        var collection = Collection.Other;
        Utf8JsonReader keyAt = default, record = default;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("operation"u8))
            {
                reader.Read();
                operation = reader.ValueTextEquals("create"u8) ? Operation.Create
                    : reader.ValueTextEquals("update"u8) ? Operation.Update
                    : reader.ValueTextEquals("delete"u8) ? Operation.Delete : Operation.Other;
            }
            else if (reader.ValueTextEquals("collection"u8))
            {
                reader.Read();
                collection = reader.ValueTextEquals("app.bsky.feed.post"u8) ? Collection.Post
                    : reader.ValueTextEquals("app.bsky.actor.profile"u8) ? Collection.Profile : Collection.Other;
            }
            else if (reader.ValueTextEquals("rkey"u8))
            {
                reader.Read();
                keyAt = reader;
            }
            else if (reader.ValueTextEquals("record"u8))
            {
                reader.Read();
                record = reader;
            }

            reader.Skip();
        }

        var nothing = new JetstreamEvent(timeUs, null);
        if (collection == Collection.Other || operation == Operation.Other || keyAt.TokenType != JsonTokenType.String)
            return nothing;
        var did = didAt.GetString()!;
        if (collection == Collection.Profile)
        {
            return record.TokenType == JsonTokenType.StartObject && PostRecord.IsForMembersOnly(record)
                ? new JetstreamEvent(timeUs, new AuthorGone(did), did)
                : nothing;
        }

        var key = keyAt.GetString()!;
        var id = $"at://{did}/app.bsky.feed.post/{key}";
        if (operation == Operation.Delete)
            return new JetstreamEvent(timeUs, new DeletedItem(id));
        if (record.TokenType != JsonTokenType.StartObject)
            return nothing;
        if (PostRecord.Text(record) is not { } text)
            return operation == Operation.Update ? new JetstreamEvent(timeUs, new DeletedItem(id)) : nothing;
        // The record's own createdAt is the client's word and may lie; what counts is when the network saw it.
        return new JetstreamEvent(timeUs, new PostItem(
            id, text, null, $"https://bsky.app/profile/{did}/post/{key}", did, At(timeUs), IsFirst: operation == Operation.Create));
    }

    // An inactive account's content must not be shown on (atproto.com/specs/account). Throttled and desynchronized are the hosts' troubles.
    private static bool IsGone(Utf8JsonReader reader)
    {
        var isInactive = false;
        var isTrouble = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("active"u8))
            {
                reader.Read();
                isInactive = reader.TokenType == JsonTokenType.False;
            }
            else if (reader.ValueTextEquals("status"u8))
            {
                reader.Read();
                isTrouble = reader.TokenType == JsonTokenType.String
                    && (reader.ValueTextEquals("throttled"u8) || reader.ValueTextEquals("desynchronized"u8));
            }

            reader.Skip();
        }

        return isInactive && !isTrouble;
    }

    private static DateTimeOffset At(long timeUs) =>
        timeUs < 253_402_300_799_000_000 ? DateTimeOffset.UnixEpoch.AddTicks(timeUs * TimeSpan.TicksPerMicrosecond) : DateTimeOffset.MaxValue;
}
