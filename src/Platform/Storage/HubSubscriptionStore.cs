using System.Data.Common;

namespace ThreatWatch.Platform.Storage;

/// <summary>Which hubs were asked to tell us what is new: any ingest process may get the hub's question or its news.</summary>
public sealed class HubSubscriptionStore(Database database)
{
    private const string Columns = "source_id, hub, topic, secret, attempts, next_at, pending_until, lease_until";

    public async Task<HubSubscription?> FindAsync(string sourceId, CancellationToken cancellationToken) =>
        (await database.QueryAsync($"select {Columns} from hub_subscriptions where source_id = @id", Map, cancellationToken, ("@id", sourceId))).FirstOrDefault();

    public async Task<IReadOnlyList<HubSubscription>> AllAsync(CancellationToken cancellationToken) =>
        await database.QueryAsync($"select {Columns} from hub_subscriptions order by source_id", Map, cancellationToken);

    /// <summary>Adds a subscription, due at once; another hub or topic for the same source replaces the last one and its secret.</summary>
    public Task OfferAsync(string sourceId, string hub, string topic, string secret, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.ExecuteAsync(
            "insert into hub_subscriptions (source_id, hub, topic, secret, attempts, next_at) values (@id, @hub, @topic, @secret, 0, @now) "
            + "on conflict (source_id) do update set hub = excluded.hub, topic = excluded.topic, secret = excluded.secret, attempts = 0, "
            + "next_at = excluded.next_at, pending_until = null, lease_until = null "
            + "where hub_subscriptions.hub <> excluded.hub or hub_subscriptions.topic <> excluded.topic",
            cancellationToken,
            ("@id", sourceId), ("@hub", hub), ("@topic", topic), ("@secret", secret), ("@now", now));

    /// <summary>Marks a due subscription as asked; false where another process was first.</summary>
    public async Task<bool> TakeAsync(
        HubSubscription subscription, DateTimeOffset nextAt, DateTimeOffset pendingUntil, CancellationToken cancellationToken) =>
        await database.ExecuteAsync(
            "update hub_subscriptions set attempts = attempts + 1, next_at = @next, pending_until = @pending where source_id = @id and next_at = @was",
            cancellationToken,
            ("@id", subscription.SourceId), ("@next", nextAt), ("@pending", pendingUntil), ("@was", subscription.NextAt)) == 1;

    /// <summary>The hub asked back and was answered; false where nothing was pending any more.</summary>
    public async Task<bool> ConfirmAsync(
        string sourceId, string topic, DateTimeOffset leaseUntil, DateTimeOffset renewAt, DateTimeOffset now, CancellationToken cancellationToken) =>
        await database.ExecuteAsync(
            "update hub_subscriptions set attempts = 0, next_at = @renew, pending_until = null, lease_until = @lease "
            + "where source_id = @id and topic = @topic and pending_until >= @now",
            cancellationToken,
            ("@id", sourceId), ("@topic", topic), ("@renew", renewAt), ("@lease", leaseUntil), ("@now", now)) == 1;

    /// <summary>The hub said no: it is asked again at <paramref name="nextAt"/>.</summary>
    public Task DenyAsync(string sourceId, string topic, DateTimeOffset nextAt, CancellationToken cancellationToken) =>
        database.ExecuteAsync(
            "update hub_subscriptions set next_at = @next, pending_until = null, lease_until = null where source_id = @id and topic = @topic",
            cancellationToken,
            ("@id", sourceId), ("@topic", topic), ("@next", nextAt));

    public Task RemoveAsync(string sourceId, CancellationToken cancellationToken) =>
        database.ExecuteAsync("delete from hub_subscriptions where source_id = @id", cancellationToken, ("@id", sourceId));

    private static HubSubscription Map(DbDataReader reader) => new(
        reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.Int(4), reader.Instant(5), reader.InstantOrNull(6), reader.InstantOrNull(7));
}

/// <summary>One source's subscription at its hub.</summary>
/// <param name="Secret">Signs what the hub sends.</param>
/// <param name="Attempts">Since it last confirmed.</param>
/// <param name="NextAt">When to ask, or to ask again.</param>
/// <param name="PendingUntil">Until when its question back is expected; null for not at all.</param>
/// <param name="LeaseUntil">Until when it tells us what is new; null before it confirmed.</param>
public sealed record HubSubscription(
    string SourceId,
    string Hub,
    string Topic,
    string Secret,
    int Attempts,
    DateTimeOffset NextAt,
    DateTimeOffset? PendingUntil,
    DateTimeOffset? LeaseUntil)
{
    // The secret stays out of logs and errors.
    public override string ToString() => $"{SourceId} at {Hub}";
}
