using System.Text.Json;
using ThreatWatch.Ingest.Fetching;

namespace ThreatWatch.Ingest.Sources.Mastodon;

/// <summary>A server's REST interface: what it allows, pages of timelines, statuses by id. Keeps within the limit that the server states.</summary>
internal sealed class MastodonServer(SourceOptions source, Fetcher fetcher, TimeProvider time)
{
    private static readonly System.Buffers.SearchValues<char> IdLetters =
        System.Buffers.SearchValues.Create("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_");

    private const int MostIds = 20;
    private const int Believable = 5;

    private readonly JsonApi _api = new(fetcher, source);
    private DateTimeOffset _exhaustedUntil;
    private bool _offersIds = true;

    public string? Authorization => source.Token.IsEmpty ? null : "Bearer " + source.Token.Reveal();

    /// <summary>The host of the live streams; why a timeline can't be read, or null.</summary>
    public async Task<(Uri? Streaming, ReadFailed? Failure)> LookAsync(IReadOnlyList<MastodonTimeline> timelines, CancellationToken cancellationToken)
    {
        var answer = await AskAsync("/api/v2/instance", cancellationToken);
        if (answer.Failure is { } failure)
        {
            // Servers before version 4 lack this page; then the timelines tell.
            return answer.Status is 404 or 401 or 403 ? (source.Url, null) : (null, failure);
        }

        var configuration = JsonFields.Member(answer.Root, "configuration");
        foreach (var timeline in timelines)
        {
            var access = JsonFields.Member(JsonFields.Member(configuration, "timelines_access"), timeline.AccessKey);
            var remote = source.LocalOnly ? null : JsonFields.Text(access, "remote");
            foreach (var allowed in new[] { JsonFields.Text(access, "local"), remote })
            {
                if (allowed == "disabled")
                    return (null, new ReadFailed(allowed == remote && JsonFields.Text(access, "local") != "disabled"
                        ? "the server shows only its own accounts' posts: set \"localOnly\": true"
                        : "the server has switched this timeline off"));
                if (allowed == "authenticated" && source.Token.IsEmpty)
                    return (null, new ReadFailed("the server shows this timeline only to who is logged in: set \"token\""));
            }
        }

        var streaming = JsonFields.Text(JsonFields.Member(configuration, "urls"), "streaming");
        return (Streaming(streaming) ?? source.Url, null);
    }

    /// <summary>The page that follows an id, oldest first; the newest page for null.</summary>
    public async Task<MastodonPage> PageAsync(MastodonTimeline timeline, string? after, CancellationToken cancellationToken)
    {
        var path = after is null ? timeline.Path : $"{timeline.Path}&min_id={Uri.EscapeDataString(after)}";
        var answer = await AskAsync(path, cancellationToken);
        if (answer.Failure is { } failure)
            return new MastodonPage([], null, Explain(answer.Status, failure));
        if (answer.Root.ValueKind != JsonValueKind.Array)
            return new MastodonPage([], null, new ReadFailed("an answer that is no list of statuses"));
        // since_id would leave a gap between the newest page and what was read; min_id goes forward without one.
        var last = after;
        foreach (var status in answer.Root.EnumerateArray())
        {
            if (JsonFields.Text(status, "id") is { } id)
                last = MastodonId.Later(last, id);
        }

        if (answer.Headers!.All("Link").Select(Previous).FirstOrDefault(id => id is not null) is { } named)
            last = MastodonId.Later(last, named);
        return new MastodonPage([.. answer.Root.EnumerateArray().Reverse()], last, null);
    }

    /// <summary>What became of statuses: edited ones as they are now, and those that are gone. Servers before 4.3 do not say.</summary>
    public async Task<SourceBatch> VisitAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken)
    {
        var items = new List<SourceItem>();
        var notes = new List<SourceNote>();
        foreach (var chunk in ids.Chunk(MostIds))
        {
            if (!_offersIds)
                break;
            var answer = await AskAsync("/api/v1/statuses?" + string.Join('&', chunk.Select(id => "id[]=" + Uri.EscapeDataString(id))), cancellationToken);
            if (answer.Failure is not null || answer.Root.ValueKind != JsonValueKind.Array)
            {
                _offersIds = answer.Status != 404;
                break;
            }

            var found = new Dictionary<string, PostItem>();
            foreach (var post in answer.Root.EnumerateArray().Select(status => MastodonStatus.Read(status)).OfType<PostItem>())
                found[post.ExternalId] = post;
            if (found.Count == 0 && chunk.Length >= Believable)
            {
                // A retraction can't be taken back; a server that suddenly knows nothing at all is ill.
                notes.Add(new SourceNote(SourceNoteKind.Remark, $"the server knows none of {chunk.Length} statuses any more, which is not believed"));
                continue;
            }

            items.AddRange(found.Values);
            items.AddRange(chunk.Where(id => !found.ContainsKey(id)).Select(id => new DeletedItem(id)));
        }

        return new SourceBatch(items, null, null, notes);
    }

    private async Task<ApiAnswer> AskAsync(string path, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (now < _exhaustedUntil)
            return new ApiAnswer(default, null, new ReadFailed("the server's limit of requests is used up", _exhaustedUntil - now), null);
        var answer = await _api.GetAsync(new Uri(source.Url!, path), Authorization, cancellationToken);
        if (answer.Headers?.First("X-RateLimit-Remaining") == "0" && answer.Headers.RateLimitReset(now) is { } wait)
            _exhaustedUntil = now + wait;
        return answer;
    }

    private ReadFailed Explain(int? status, ReadFailed failure) => status switch
    {
        401 or 403 or 422 when source.Token.IsEmpty => failure with { Why = $"HTTP {status}: the server shows this timeline only to who is logged in: set \"token\"" },
        401 or 403 => failure with { Why = $"HTTP {status}: the server does not accept the token" },
        404 => failure with { Why = "HTTP 404: there is no Mastodon at this address" },
        _ => failure,
    };

    private Uri? Streaming(string? address)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out var named))
            return null;
        var scheme = named.Scheme switch { "wss" or "https" => "https", "ws" or "http" => "http", _ => null };
        // The token goes there, so that it must be as well protected as on the way to the server itself.
        return scheme is null || (scheme == "http" && source.Url!.Scheme == "https")
            ? null
            : new UriBuilder(named) { Scheme = scheme, Port = named.IsDefaultPort ? -1 : named.Port }.Uri;
    }

    // <https://server/api/v1/timelines/public?min_id=1>; rel="prev": from where newer ones follow.
    private static string? Previous(string link)
    {
        foreach (var part in link.Split(','))
        {
            if (!part.Contains("rel=\"prev\"", StringComparison.Ordinal))
                continue;
            var from = part.IndexOf("min_id=", StringComparison.Ordinal);
            if (from < 0)
                continue;
            var id = part.AsSpan(from + 7);
            var end = id.IndexOfAnyExcept(IdLetters);
            return end < 0 ? id.ToString() : id[..end].ToString();
        }

        return null;
    }
}

/// <summary>A page of a timeline.</summary>
/// <param name="Statuses">Oldest first.</param>
/// <param name="Last">After which the next page follows.</param>
internal readonly record struct MastodonPage(IReadOnlyList<JsonElement> Statuses, string? Last, ReadFailed? Failure);
