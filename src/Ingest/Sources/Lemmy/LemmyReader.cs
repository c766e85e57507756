using System.Globalization;
using System.Text.Json;
using ThreatWatch.Ingest.Fetching;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Ingest.Sources.Lemmy;

/// <summary>
/// Reads new posts and comments of a Lemmy server's public communities, in the interface's version 4 or 3, whichever the server has.
/// Newest first, back to what was read already.
/// </summary>
internal sealed class LemmyReader(SourceOptions source, Fetcher fetcher) : ISourceReader
{
    private const int MaxPages = 10;
    private const int Limit = 50;

    private readonly JsonApi _api = new(fetcher, source);
    private int _version = 4;

    public async Task<ReadOutcome> ReadAsync(string? cursor, CancellationToken cancellationToken)
    {
        var place = LemmyCursor.Parse(cursor);
        var items = new List<SourceItem>();
        var notes = new List<SourceNote>();
        foreach (var community in source.Only.Count > 0 ? source.Only : [""])
        {
            foreach (var kind in new[] { LemmyKind.Post, LemmyKind.Comment })
            {
                if (await ReadAsync(kind, community, place, items, notes, cancellationToken) is { } failure)
                    return items.Count == 0 ? failure : new SourceBatch(items, place.ToString(), failure.After, notes);
            }
        }

        return new SourceBatch(items, place.ToString(), null, notes);
    }

    private async Task<ReadFailed?> ReadAsync(
        LemmyKind kind, string community, LemmyCursor place, List<SourceItem> items, List<SourceNote> notes, CancellationToken cancellationToken)
    {
        var last = place.Last(kind, community);
        var newest = last ?? 0;
        var read = new List<SourceItem>();
        string? next = null;
        for (var pages = 1; ; pages++)
        {
            var answer = await AskAsync(kind, community, next, cancellationToken);
            if (answer.Failure is not null)
                return answer.Failure;
            var list = JsonFields.Member(answer.Root, _version == 4 ? "items" : kind == LemmyKind.Post ? "posts" : "comments");
            if (list.ValueKind != JsonValueKind.Array)
                return new ReadFailed("an answer without a list");
            var meetsKnown = false;
            foreach (var view in list.EnumerateArray())
            {
                if (LemmyView.Id(view, kind) is not { } id)
                    continue;
                meetsKnown |= id <= last;
                newest = Math.Max(newest, id);
                if (LemmyView.Read(view, kind) is { } item)
                    read.Add(item);
            }

            // Version 3 pages comments by number and posts by a cursor; version 4 both by a cursor.
            next = _version == 4 || kind == LemmyKind.Post ? JsonFields.Text(answer.Root, "next_page") : (pages + 1).ToString(CultureInfo.InvariantCulture);
            if (last is null || meetsKnown || next is null || list.GetArrayLength() == 0)
                break;
            if (pages == MaxPages)
            {
                notes.Add(new SourceNote(SourceNoteKind.Gap, $"more than {MaxPages * Limit} new {kind.ToString().ToLowerInvariant()}s since the last read"));
                break;
            }
        }

        read.Reverse();
        items.AddRange(read);
        place.Advance(kind, community, newest);
        return null;
    }

    private async Task<ApiAnswer> AskAsync(LemmyKind kind, string community, string? next, CancellationToken cancellationToken)
    {
        var answer = await _api.GetAsync(Address(kind, community, next), null, cancellationToken);
        if (answer.Status != 404 || next is not null)
            return answer;
        _version = _version == 4 ? 3 : 4;
        answer = await _api.GetAsync(Address(kind, community, next), null, cancellationToken);
        return answer.Status == 404 ? answer with { Failure = new ReadFailed("HTTP 404: no Lemmy, or no such community, at this address") } : answer;
    }

    private Uri Address(LemmyKind kind, string community, string? next)
    {
        var isNew = _version == 4;
        var scope = source.LocalOnly ? "local" : "all";
        var query = isNew ? $"type_={scope}&sort=new" : $"type_={(source.LocalOnly ? "Local" : "All")}&sort=New";
        if (community.Length > 0)
            query += "&community_name=" + Uri.EscapeDataString(community);
        if (next is not null)
            query += (isNew || kind == LemmyKind.Post ? "&page_cursor=" : "&page=") + Uri.EscapeDataString(next);
        return new Uri(source.Url!, $"/api/v{_version}/{(kind == LemmyKind.Post ? "post" : "comment")}/list?{query}&limit={Limit}");
    }
}

/// <summary>What people write there.</summary>
internal enum LemmyKind
{
    Post,
    Comment,
}

/// <summary>The newest post and comment that were read of each community, saved as JSON. The server numbers them as it gets them.</summary>
internal sealed class LemmyCursor
{
    private readonly Dictionary<string, long> _last;

    private LemmyCursor(Dictionary<string, long> last) => _last = last;

    public static LemmyCursor Parse(string? cursor)
    {
        try
        {
            return new LemmyCursor(cursor is null ? [] : Json.Read<Dictionary<string, long>>(cursor));
        }
        catch (JsonException)
        {
            return new LemmyCursor([]);
        }
    }

    public long? Last(LemmyKind kind, string community) => _last.TryGetValue(Key(kind, community), out var last) ? last : null;

    public void Advance(LemmyKind kind, string community, long id) => _last[Key(kind, community)] = id;

    public override string ToString() => Json.Write(_last);

    private static string Key(LemmyKind kind, string community) => $"{(kind == LemmyKind.Post ? "post" : "comment")}:{community}";
}
