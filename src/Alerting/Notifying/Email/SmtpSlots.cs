using System.Threading.RateLimiting;

namespace ThreatWatch.Alerting.Notifying.Email;

/// <summary>
/// How many connections to a mail server may be used at a time: as many as are configured, less those that the server refused lately; and
/// how many messages within a minute.
/// </summary>
internal sealed class SmtpSlots(SmtpOptions options, TimeProvider time) : IDisposable
{
    // Limits of providers are counted over minutes.
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(10);

    private readonly SemaphoreSlim _free = new(options.Connections);
    private readonly CancellationTokenSource _over = new();
    private readonly TokenBucketRateLimiter? _minute = options is not { PerMinute: { } most, Burst: { } burst } ? null : new TokenBucketRateLimiter(new TokenBucketRateLimiterOptions
    {
        TokenLimit = burst,
        TokensPerPeriod = 1,
        ReplenishmentPeriod = TimeSpan.FromMinutes(1) / (most - burst),
        QueueLimit = 10_000,
    });

    private int _size = options.Connections;

    public SmtpOptions Options { get; } = options;

    /// <summary>Returns when one more message may leave in this minute; true where that took a wait.</summary>
    public async ValueTask<bool> TurnAsync(CancellationToken cancellationToken)
    {
        if (_minute is null)
            return false;
        using (var now = _minute.AttemptAcquire())
        {
            if (now.IsAcquired)
                return false;
        }

        using var lease = await _minute.AcquireAsync(1, cancellationToken);
        return true;
    }

    /// <summary>Returns when a connection may be used; already complete where one is free.</summary>
    public Task TakeAsync(CancellationToken cancellationToken) => _free.WaitAsync(cancellationToken);

    public void GiveBack() => _free.Release();

    /// <summary>In place of giving it back: the server takes no more at a time. False where it is the last one, which is tried on and on.</summary>
    public bool TryRest()
    {
        if (Interlocked.Decrement(ref _size) < 1)
        {
            Interlocked.Increment(ref _size);
            return false;
        }

        _ = ReturnAsync();
        return true;
    }

    public void Dispose()
    {
        _over.Cancel();
        _over.Dispose();
        _free.Dispose();
        _minute?.Dispose();
    }

    private async Task ReturnAsync()
    {
        try
        {
            await Task.Delay(Pause, time, _over.Token);
            Interlocked.Increment(ref _size);
            _free.Release();
        }
        catch (OperationCanceledException)
        {
            // Nobody sends any more.
        }
    }
}
