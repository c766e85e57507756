using ThreatWatch.Ingest.Fetching;
using ThreatWatch.Ingest.Sources;
using ThreatWatch.Ingest.Sources.Feeds;
using ThreatWatch.Ingest.WebSub;
using ThreatWatch.Platform.Hosting;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Ingest.Polling;

/// <summary>Reads a feed over HTTP: fetches it if it changed, follows its pages if entries may have been missed, and finds its hub.</summary>
public sealed class FeedSource(SourceOptions source, Fetcher fetcher, Settings settings, HubOffers hubs, TimeProvider time) : ISourceReader
{
    /// <summary>More would hold the store's transaction too long; a feed has some dozens.</summary>
    public const int MostItems = 2000;

    private const int MostPages = 5;
    private const int Landmarks = 5;

    public async Task<ReadOutcome> ReadAsync(string? cursor, CancellationToken cancellationToken)
    {
        var configured = source.Url!;
        var known = FeedCursor.For(configured, cursor);
        Offer(known);
        var outcome = await fetcher.FetchAsync(Request(known), cancellationToken);
        return outcome switch
        {
            NotModified same => Unchanged(known, same, cursor),
            Fetched fetched => await ReadAsync(known, fetched, cancellationToken),
            RetryLater later => Failed(known, later.Why, later.After, later.Status),
            Refused refused => Failed(known, refused.Why, null, refused.Status),
            _ => throw new InvalidOperationException($"{outcome.GetType().Name} is no outcome of a fetch"),
        };
    }

    private FetchRequest Request(FeedCursor known) => new(known.Address is null ? source.Url! : new Uri(known.Address))
    {
        ETag = known.ETag,
        LastModified = known.LastModified,
        BodyHash = known.BodyHash,
        AllowPrivateAddress = source.AllowPrivateAddress && known.Address is null,
        Authorization = source.Token.IsEmpty || known.Address is not null ? null : $"Bearer {source.Token.Reveal()}",
    };

    private SourceBatch Unchanged(FeedCursor known, NotModified same, string? cursor)
    {
        var next = known with
        {
            ETag = same.Headers.ETag ?? (same.SameBody ? null : known.ETag),
            LastModified = same.Headers.LastModified ?? (same.SameBody ? null : known.LastModified),
        };
        next = next.Sight(same.MovedTo, time.GetUtcNow());
        var saved = Json.Write(next);
        return new SourceBatch([], saved == cursor ? null : saved, Pace(next, same.Headers), Remarks(known, next));
    }

    private async Task<ReadOutcome> ReadAsync(FeedCursor known, Fetched fetched, CancellationToken cancellationToken)
    {
        var read = FeedReader.Read(fetched.Body, fetched.Headers.ContentType, fetched.Url);
        if (read is NotAFeed not)
            return Failed(known, not.Reason == NotAFeedReason.HtmlPage ? ChallengePage.OfHtml(fetched.Body.Span) : not.Detail, null, null);
        var feed = (FeedDocument)read;
        var notes = new List<SourceNote>();
        var items = await WithPagesAsync(known, feed, notes, cancellationToken);
        if (items.Count > MostItems)
        {
            notes.Add(new SourceNote(SourceNoteKind.Remark, $"{items.Count} entries; the newest {MostItems} are read"));
            items.RemoveRange(0, items.Count - MostItems);
        }

        if (feed.IsExpired)
            notes.Add(new SourceNote(SourceNoteKind.Remark, "the feed says that it has ended; it is still looked at now and then"));
        var hub = LinkHeader.Find(fetched.Headers, "hub", fetched.Url) ?? Absolute(feed.Hubs is [var first, ..] ? first : null);
        var topic = LinkHeader.Find(fetched.Headers, "self", fetched.Url) ?? Absolute(feed.SelfUrl) ?? fetched.Url;
        var next = (known with
        {
            ETag = fetched.Headers.ETag,
            LastModified = fetched.Headers.LastModified,
            BodyHash = fetched.BodyHash,
            Newest = [.. feed.Entries.Take(Landmarks).Select(Landmark)],
            Schedule = HasWish(feed.Schedule) ? feed.Schedule : null,
            Hub = hub?.AbsoluteUri,
            Topic = hub is null ? null : topic.AbsoluteUri,
        }).Sight(fetched.MovedTo, time.GetUtcNow());
        Offer(next);
        notes.AddRange(Remarks(known, next));
        var pause = feed.IsExpired ? settings.Get<FetchingOptions>().LongestWish : Pace(next, fetched.Headers);
        return new SourceBatch(items, Json.Write(next), pause, notes);
    }

    // Where nothing of the last look is left on the first page, what lies between is on the pages behind it, if the feed has pages.
    private async Task<List<SourceItem>> WithPagesAsync(
        FeedCursor known, FeedDocument feed, List<SourceNote> notes, CancellationToken cancellationToken)
    {
        var items = FeedItems.Of(feed);
        if (known.Newest.Count == 0 || feed.Entries.Count == 0 || Overlaps(known, feed))
            return items;
        var seen = new HashSet<string>();
        var page = feed;
        for (var count = 0; count < MostPages && Absolute(page.NextUrl) is { } url && seen.Add(url.AbsoluteUri) && items.Count < MostItems; count++)
        {
            var isOwn = Uri.Compare(url, source.Url!, UriComponents.SchemeAndServer, UriFormat.SafeUnescaped, StringComparison.OrdinalIgnoreCase) == 0;
            var request = new FetchRequest(url)
            {
                AllowPrivateAddress = source.AllowPrivateAddress && isOwn,
                Authorization = source.Token.IsEmpty || !isOwn ? null : $"Bearer {source.Token.Reveal()}",
            };
            if (await fetcher.FetchAsync(request, cancellationToken) is not Fetched fetched
                || FeedReader.Read(fetched.Body, fetched.Headers.ContentType, fetched.Url) is not FeedDocument older)
                break;
            items.InsertRange(0, FeedItems.Of(older));
            page = older;
            if (Overlaps(known, older))
                return items;
        }

        if (known.Newest.Count >= Landmarks)
            notes.Add(new SourceNote(SourceNoteKind.Remark, "no entry of the last look is left: read it more often, posts between may be missed"));
        return items;
    }

    private ReadFailed Failed(FeedCursor known, string why, TimeSpan? after, int? status)
    {
        if (YouTube.IsFeed(source.Url!) && status is 404 or 500)
            return new ReadFailed($"HTTP {status}, as YouTube answers for hours on many days; the feed is kept", after ?? YouTube.SpellRetry);
        // An address that was taken over and fails now was a mistake, or moved on: the configured one is asked again.
        var cursor = known.Address is null ? null : Json.Write(known with { Address = null, Moved = null });
        return new ReadFailed(why, after, cursor);
    }

    private TimeSpan Pace(FeedCursor next, FetchHeaders headers)
    {
        var longest = settings.Get<FetchingOptions>().LongestWish;
        // The hub tells what is new; the poll stays as a net, since a silent hub can't be told from a quiet feed.
        var every = hubs.IsLive(source.Id) && source.Every * 3 < longest ? source.Every * 3 : source.Every;
        return FeedPace.Next(every, next.Schedule, headers.FreshFor(time.GetUtcNow()), longest, time.GetUtcNow());
    }

    private void Offer(FeedCursor known)
    {
        if (YouTube.TopicOf(source.Url!) is { } youTube)
            hubs.Offer(source.Id, YouTube.Hub, youTube);
        else if (known is { Hub: { } hub, Topic: { } topic })
            hubs.Offer(source.Id, new Uri(hub), new Uri(topic));
    }

    private static List<SourceNote> Remarks(FeedCursor before, FeedCursor after) => after.Address is not null && after.Address != before.Address
        ? [new SourceNote(SourceNoteKind.Remark, $"has moved for good to {after.Address}: change it in the configuration")]
        : [];

    private static bool HasWish(FeedSchedule schedule) =>
        schedule is { TtlMinutes: not null } or { UpdateEvery: not null } || schedule.SkipHours.Count > 0 || schedule.SkipDays.Count > 0;

    private static bool Overlaps(FeedCursor known, FeedDocument feed) => feed.Entries.Any(entry => known.Newest.Contains(Landmark(entry)));

    private static string Landmark(FeedEntry entry) => Core.Ids.Hash(entry.Identity)[..12];

    private static Uri? Absolute(string? url) => Uri.TryCreate(url, UriKind.Absolute, out var uri) && RedirectTrail.IsHttp(uri) ? uri : null;
}
