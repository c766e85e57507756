using System.Collections.Concurrent;
using System.Threading.RateLimiting;

namespace ThreatWatch.Alerting.Notifying.Http;

/// <summary>Keeps to each provider's rate, and leaves a provider alone for as long as it asked to be.</summary>
public sealed class ProviderPace(TimeProvider time) : IDisposable
{
    private readonly ConcurrentDictionary<string, (int PerSecond, TokenBucketRateLimiter Limiter)> _limiters = new();
    private readonly ConcurrentDictionary<string, DateTimeOffset> _pausedUntil = new();

    /// <summary>How long the provider still wants to be left alone; null where it does not.</summary>
    public TimeSpan? PauseLeft(string provider) =>
        _pausedUntil.TryGetValue(provider, out var until) && until > time.GetUtcNow() ? until - time.GetUtcNow() : null;

    /// <summary>Returns when it is this call's turn; true where that took a wait.</summary>
    public async Task<bool> TurnAsync(string provider, int perSecond, CancellationToken cancellationToken)
    {
        var limiter = LimiterFor(provider, perSecond);
        using (var now = limiter.AttemptAcquire())
        {
            if (now.IsAcquired)
                return false;
        }

        using var lease = await limiter.AcquireAsync(1, cancellationToken);
        return true;
    }

    /// <summary>Nothing is sent to the provider for this long.</summary>
    public void Pause(string provider, TimeSpan pause)
    {
        var until = time.GetUtcNow() + pause;
        _pausedUntil.AddOrUpdate(provider, until, (_, before) => before > until ? before : until);
    }

    public void Dispose()
    {
        foreach (var (_, limiter) in _limiters.Values)
            limiter.Dispose();
    }

    // A changed rate gets a new limiter; those who wait at the old one are let through by it.
    private TokenBucketRateLimiter LimiterFor(string provider, int perSecond) =>
        _limiters.AddOrUpdate(
            provider,
            _ => (perSecond, Make(perSecond)),
            (_, before) => before.PerSecond == perSecond ? before : (perSecond, Make(perSecond))).Limiter;

    private static TokenBucketRateLimiter Make(int perSecond) => new(new TokenBucketRateLimiterOptions
    {
        TokenLimit = perSecond,
        // No timer fires oftener than every few milliseconds: high rates get several at a time.
        TokensPerPeriod = Math.Max(1, perSecond / 100),
        ReplenishmentPeriod = TimeSpan.FromSeconds(Math.Max(1, perSecond / 100) / (double)perSecond),
        QueueLimit = 10_000,
        QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
        AutoReplenishment = true,
    });
}
