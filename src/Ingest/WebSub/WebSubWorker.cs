using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ThreatWatch.Ingest.Fetching;
using ThreatWatch.Ingest.Sources;
using ThreatWatch.Platform.Hosting;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Ingest.WebSub;

/// <summary>
/// Subscribes at the hubs that feeds offer and renews before the lease ends (W3C WebSub). Off while "http" has no "publicUrl", since a
/// hub could not reach us; polling goes on in any case.
/// </summary>
public sealed partial class WebSubWorker(
    Settings settings, HubOffers offers, HubSubscriptionStore store, Fetcher fetcher, TimeProvider time, ILogger<WebSubWorker> logger) : BackgroundService
{
    /// <summary>How long the hub's question back is expected.</summary>
    public static readonly TimeSpan PendingFor = TimeSpan.FromHours(1);

    private static readonly TimeSpan Lease = TimeSpan.FromDays(5);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromHours(12);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(15);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        WorkerLoop.RunAsync(RunOnceAsync, Pause, time, logger, stoppingToken);

    public async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        if (settings.Get<HttpOptions>().PublicUrl is not { } publicUrl)
            return;
        var sources = settings.Get<IReadOnlyList<SourceOptions>>().ToDictionary(source => source.Id);
        var known = (await store.AllAsync(cancellationToken)).ToDictionary(subscription => subscription.SourceId);
        foreach (var offer in offers.All)
        {
            if (sources.ContainsKey(offer.SourceId) && !(known.TryGetValue(offer.SourceId, out var has) && has.Hub == offer.Hub && has.Topic == offer.Topic))
                await store.OfferAsync(offer.SourceId, offer.Hub, offer.Topic, RandomNumberGenerator.GetHexString(64, lowercase: true), time.GetUtcNow(), cancellationToken);
        }

        var now = time.GetUtcNow();
        var all = await store.AllAsync(cancellationToken);
        offers.SetLive(all.Where(subscription => subscription.LeaseUntil > now).Select(subscription => subscription.SourceId).ToHashSet());
        foreach (var subscription in all)
        {
            if (!sources.TryGetValue(subscription.SourceId, out var source))
                await store.RemoveAsync(subscription.SourceId, cancellationToken);
            else if (subscription.NextAt <= now)
                await SubscribeAsync(subscription, source, publicUrl, now, cancellationToken);
        }
    }

    /// <summary>When to ask again if the hub does not confirm: an hour, doubled up to half a day.</summary>
    internal static DateTimeOffset RetryAt(int attempts, DateTimeOffset now)
    {
        var wait = PendingFor * Math.Pow(2, Math.Min(attempts, 10));
        return now + (wait < LongestRetry ? wait : LongestRetry);
    }

    /// <summary>When to renew: a tenth before the end, at least an hour where the lease is long enough for that.</summary>
    internal static DateTimeOffset RenewAt(TimeSpan lease, DateTimeOffset now)
    {
        var margin = lease / 10 > TimeSpan.FromHours(1) ? lease / 10 : TimeSpan.FromHours(1);
        return now + (margin < lease / 2 ? lease - margin : lease / 2);
    }

    private async Task SubscribeAsync(
        HubSubscription subscription, SourceOptions source, Uri publicUrl, DateTimeOffset now, CancellationToken cancellationToken)
    {
        // Saved before the hub is asked, since it may ask back before it answers.
        if (!await store.TakeAsync(subscription, RetryAt(subscription.Attempts, now), now + PendingFor, cancellationToken))
            return;
        var hub = new Uri(subscription.Hub);
        var request = new FetchRequest(hub)
        {
            AllowPrivateAddress = source.AllowPrivateAddress && hub.Host == source.Url?.Host,
            Form =
            [
                new("hub.mode", "subscribe"),
                new("hub.topic", subscription.Topic),
                new("hub.callback", $"{publicUrl.AbsoluteUri.TrimEnd('/')}/websub/{subscription.SourceId}"),
                new("hub.secret", subscription.Secret),
                new("hub.lease_seconds", Lease.TotalSeconds.ToString("0", CultureInfo.InvariantCulture)),
                // Hubs of the older protocol want to be told.
                new("hub.verify", "async"),
            ],
        };
        var why = await fetcher.FetchAsync(request, cancellationToken) switch
        {
            RetryLater later => later.Why,
            Refused refused => refused.Why,
            _ => null,
        };
        if (why is null)
            LogAsked(subscription.SourceId, hub.Host);
        else
            LogFailed(subscription.SourceId, hub.Host, why);
    }

    [LoggerMessage(LogLevel.Debug, "Source {Source}: asked the hub at {Hub} to push")]
    private partial void LogAsked(string source, string hub);

    [LoggerMessage(LogLevel.Information, "Source {Source}: the hub at {Hub} can't be subscribed to ({Why}); polling goes on")]
    private partial void LogFailed(string source, string hub, string why);
}
