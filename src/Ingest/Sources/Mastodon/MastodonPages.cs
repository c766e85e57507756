using System.Runtime.CompilerServices;

namespace ThreatWatch.Ingest.Sources.Mastodon;

/// <summary>Walks a timeline forward from the cursor until nothing follows, moving the cursor along.</summary>
internal static class MastodonPages
{
    /// <summary>Pages with posts; one with a failure is the last.</summary>
    public static async IAsyncEnumerable<(IReadOnlyList<SourceItem> Items, ReadFailed? Failure)> ReadAsync(
        MastodonServer server, MastodonTimeline timeline, MastodonCursor cursor, bool isLocal, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var after = cursor.Start(timeline, isLocal);
        while (true)
        {
            var page = await server.PageAsync(timeline, after, cancellationToken);
            if (page.Failure is not null)
            {
                yield return ([], page.Failure);
                yield break;
            }

            if (page.Statuses.Count == 0)
                yield break;
            if (page.Last is { } last)
                cursor.Advance(timeline, last);
            yield return ([.. page.Statuses.Select(status => MastodonStatus.Read(status)).OfType<SourceItem>()], null);
            // The first page ever is the newest: nothing follows it. A page that leads nowhere would be asked for ever.
            if (after is null || page.Last is null || MastodonId.Compare(page.Last, after) <= 0)
                yield break;
            after = page.Last;
        }
    }
}
