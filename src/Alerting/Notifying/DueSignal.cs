using ThreatWatch.Core;

namespace ThreatWatch.Alerting.Notifying;

/// <summary>Wakes the sending lanes when this process has queued something; without it a message waits for the next look.</summary>
public sealed class DueSignal(TimeProvider time)
{
    private readonly Dictionary<Channel, SemaphoreSlim> _signals = Enum.GetValues<Channel>().ToDictionary(channel => channel, _ => new SemaphoreSlim(0));

    public void WakeAll() => Wake(_signals.Keys);

    /// <summary>The same where it is known for which channels there is something.</summary>
    public void Wake(IEnumerable<Channel> channels)
    {
        foreach (var signal in channels.Distinct().Select(channel => _signals[channel]).Where(signal => signal.CurrentCount == 0))
            signal.Release();
    }

    /// <summary>Returns true when woken, false after <paramref name="atMost"/>: other processes queue messages too, and rows fall due.</summary>
    public async Task<bool> WaitAsync(Channel channel, TimeSpan atMost, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(atMost, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            await _signals[channel].WaitAsync(either.Token);
            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Nobody called; look all the same.
            return false;
        }
    }
}
