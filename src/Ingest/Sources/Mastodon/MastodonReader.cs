using ThreatWatch.Ingest.Fetching;

namespace ThreatWatch.Ingest.Sources.Mastodon;

/// <summary>Reads a server's timelines page by page, for servers that show them to everybody and need no account.</summary>
internal sealed class MastodonReader(
    SourceOptions source, Fetcher fetcher, TimeProvider time, Func<CancellationToken, Task<IReadOnlyList<string>>> known) : ISourceReader
{
    private const int MaxPages = 10;

    private static readonly TimeSpan LookEvery = TimeSpan.FromHours(1);

    private readonly MastodonServer _server = new(source, fetcher, time);
    private DateTimeOffset _lookAt;

    public async Task<ReadOutcome> ReadAsync(string? cursor, CancellationToken cancellationToken)
    {
        var timelines = MastodonTimeline.Of(source);
        if (time.GetUtcNow() >= _lookAt)
        {
            var (_, refusal) = await _server.LookAsync(timelines, cancellationToken);
            if (refusal is not null)
                return refusal;
            _lookAt = time.GetUtcNow() + LookEvery;
        }

        var place = MastodonCursor.Parse(cursor);
        var items = new List<SourceItem>();
        var pages = 0;
        ReadFailed? failure = null;
        foreach (var timeline in timelines)
        {
            await foreach (var page in MastodonPages.ReadAsync(_server, timeline, place, source.LocalOnly, cancellationToken))
            {
                failure = page.Failure;
                items.AddRange(page.Items);
                if (++pages >= MaxPages || failure is not null)
                    break;
            }

            if (pages >= MaxPages || failure is not null)
                break;
        }

        // What was read is not thrown away because the limit was met on the way.
        if (failure is not null)
            return items.Count == 0 ? failure : new SourceBatch(items, place.ToString(), failure.After);
        if (pages >= MaxPages)
            return new SourceBatch(items, place.ToString(), TimeSpan.Zero);
        var visited = await _server.VisitAsync(await known(cancellationToken), cancellationToken);
        items.AddRange(visited.Items);
        return new SourceBatch(items, place.ToString(), null, visited.Notes);
    }
}
