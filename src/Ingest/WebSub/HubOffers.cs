using System.Collections.Concurrent;

namespace ThreatWatch.Ingest.WebSub;

/// <summary>What feeds say about their hubs, on its way from their readers to the worker that subscribes; and back, which hubs are at work.</summary>
public sealed class HubOffers
{
    private readonly ConcurrentDictionary<string, HubOffer> _offers = new();
    private volatile IReadOnlySet<string> _live = new HashSet<string>();

    public IReadOnlyCollection<HubOffer> All => [.. _offers.Values];

    public void Offer(string sourceId, Uri hub, Uri topic) => _offers[sourceId] = new HubOffer(sourceId, hub.AbsoluteUri, topic.AbsoluteUri);

    /// <summary>True while a hub has confirmed that it will tell what is new.</summary>
    public bool IsLive(string sourceId) => _live.Contains(sourceId);

    internal void SetLive(IReadOnlySet<string> sourceIds) => _live = sourceIds;
}

/// <summary>A source's hub and the name by which the hub knows the feed.</summary>
public sealed record HubOffer(string SourceId, string Hub, string Topic);
