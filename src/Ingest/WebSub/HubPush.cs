using Microsoft.Extensions.Logging;
using ThreatWatch.Ingest.Intake;
using ThreatWatch.Ingest.Sources;
using ThreatWatch.Ingest.Sources.Feeds;
using ThreatWatch.Platform.Hosting;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Ingest.WebSub;

/// <summary>Takes what a hub sends: its question whether we asked, and its news.</summary>
public sealed partial class HubPush(
    Settings settings, HubSubscriptionStore store, FrontDoor door, TimeProvider time, ILogger<HubPush> logger)
{
    private static readonly TimeSpan LongestLease = TimeSpan.FromDays(30);
    private static readonly TimeSpan ShortestLease = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan AfterDenial = TimeSpan.FromDays(1);

    /// <summary>True where we did ask for this and were not answered yet: the challenge may be echoed.</summary>
    public async Task<bool> ConfirmAsync(string sourceId, string mode, string topic, long? leaseSeconds, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        switch (mode)
        {
            case "subscribe":
                var lease = TimeSpan.FromSeconds(Math.Clamp(leaseSeconds ?? 86400, (long)ShortestLease.TotalSeconds, (long)LongestLease.TotalSeconds));
                if (!await store.ConfirmAsync(sourceId, topic, now + lease, WebSubWorker.RenewAt(lease, now), now, cancellationToken))
                    return false;
                LogConfirmed(sourceId, lease.TotalHours);
                return true;
            case "denied":
                // Anybody may say so; it costs a day of pushes and not one poll.
                await store.DenyAsync(sourceId, topic, now + AfterDenial, cancellationToken);
                return true;
            case "unsubscribe":
                // We never ask for it; yet what is no longer ours may go.
                return await store.FindAsync(sourceId, cancellationToken) is not { } kept || kept.Topic != topic;
            default:
                return false;
        }
    }

    /// <summary>The subscription that news of a source belongs to; null where there is none.</summary>
    public async Task<HubSubscription?> FindAsync(string sourceId, CancellationToken cancellationToken) =>
        Source(sourceId) is null ? null : await store.FindAsync(sourceId, cancellationToken);

    /// <summary>Stores signed news; once this returns they are durable. What is not signed as agreed is passed over.</summary>
    public async Task TakeAsync(
        HubSubscription subscription, string? signature, byte[] body, string? contentType, CancellationToken cancellationToken)
    {
        if (!HubSignature.IsValid(signature, subscription.Secret, body))
        {
            LogUnsigned(subscription.SourceId);
            return;
        }

        if (Source(subscription.SourceId) is not { } source)
            return;
        if (FeedReader.Read(body, contentType, source.Url) is FeedDocument feed)
            await door.StoreAsync(source, new SourceBatch(FeedItems.Of(feed), null), cancellationToken);
        else
            LogNotAFeed(subscription.SourceId);
    }

    private SourceOptions? Source(string id) =>
        settings.Get<IReadOnlyList<SourceOptions>>().FirstOrDefault(source => source.Id == id && source.Type == SourceType.Feed);

    [LoggerMessage(LogLevel.Information, "Source {Source}: its hub tells what is new for {Hours:0.#} h")]
    private partial void LogConfirmed(string source, double hours);

    [LoggerMessage(LogLevel.Warning, "Source {Source}: a push without a valid signature was passed over")]
    private partial void LogUnsigned(string source);

    [LoggerMessage(LogLevel.Warning, "Source {Source}: its hub sent what is no feed")]
    private partial void LogNotAFeed(string source);
}
