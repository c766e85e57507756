namespace ThreatWatch.Ingest.Push;

/// <summary>Remembers the signatures that were taken for as long as their timestamps stay valid.</summary>
public sealed class ReplayCache(TimeProvider time)
{
    // About 10 MB; more valid requests than this within ten minutes are asked to wait.
    private const int Most = 100_000;

    private readonly Lock _lock = new();
    private readonly HashSet<string> _taken = [];
    private readonly Queue<(string Signature, DateTimeOffset Until)> _order = [];

    /// <summary>True for a signature that was not seen; it is remembered.</summary>
    public ReplayAnswer Take(string signature)
    {
        var now = time.GetUtcNow();
        lock (_lock)
        {
            while (_order.TryPeek(out var oldest) && oldest.Until < now)
                _taken.Remove(_order.Dequeue().Signature);
            if (_taken.Contains(signature))
                return ReplayAnswer.Seen;
            if (_order.Count >= Most)
                return ReplayAnswer.Full;
            _taken.Add(signature);
            _order.Enqueue((signature, now + (2 * PushSignature.Tolerance)));
            return ReplayAnswer.New;
        }
    }

    /// <summary>Forgets a signature whose request could not be stored, so that the sender can try again.</summary>
    public void GiveBack(string signature)
    {
        lock (_lock)
            _taken.Remove(signature);
    }
}

/// <summary>Whether a request may be taken.</summary>
public enum ReplayAnswer
{
    New,
    Seen,
    Full,
}
