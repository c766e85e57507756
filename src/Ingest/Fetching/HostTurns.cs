namespace ThreatWatch.Ingest.Fetching;

/// <summary>A token bucket for each registrable host, and its pause after a 429: a hundred feeds of one server are one guest.</summary>
internal sealed class HostTurns(TimeProvider time)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan KeepFor = TimeSpan.FromMinutes(10);

    private readonly Dictionary<string, Host> _hosts = [];
    private readonly Lock _lock = new();
    private DateTimeOffset _prunedAt;

    /// <summary>Takes a turn: how long to wait for it, or null where that is longer than <paramref name="patience"/> and none was taken.</summary>
    public (TimeSpan Wait, bool Taken) Take(string host, FetchingOptions options, TimeSpan patience)
    {
        var now = time.GetUtcNow();
        var interval = TimeSpan.FromMinutes(1) / options.PerHostPerMinute;
        lock (_lock)
        {
            Prune(now);
            var entry = Find(host);
            // Generic cell rate: the next turn's time moves on by one interval a turn and may lie behind by the burst.
            var earliest = now - (interval * (options.PerHostBurst - 1));
            var turn = entry.NextTurnAt > earliest ? entry.NextTurnAt : earliest;
            var at = entry.PausedUntil > turn ? entry.PausedUntil : turn;
            var wait = at > now ? at - now : TimeSpan.Zero;
            if (wait > patience)
                return (wait, false);
            entry.NextTurnAt = at + interval;
            return (wait, true);
        }
    }

    /// <summary>The host said 429: nobody asks it until then. Without a time of its own the pause doubles from a minute.</summary>
    public TimeSpan Pause(string host, TimeSpan? after, TimeSpan longest)
    {
        lock (_lock)
        {
            var entry = Find(host);
            var pause = after ?? FirstPause * Math.Pow(2, Math.Min(entry.Refusals, 12));
            pause = pause < longest ? pause : longest;
            entry.Refusals++;
            var until = time.GetUtcNow() + pause;
            if (until > entry.PausedUntil)
                entry.PausedUntil = until;
            return pause;
        }
    }

    /// <summary>The host answered: its pauses begin small again.</summary>
    public void Answered(string host)
    {
        lock (_lock)
            Find(host).Refusals = 0;
    }

    private Host Find(string host)
    {
        if (!_hosts.TryGetValue(host, out var entry))
            _hosts[host] = entry = new Host();
        return entry;
    }

    private void Prune(DateTimeOffset now)
    {
        if (now - _prunedAt < KeepFor)
            return;
        _prunedAt = now;
        foreach (var (name, entry) in _hosts)
        {
            if (entry.NextTurnAt < now - KeepFor && entry.PausedUntil < now && entry.Refusals == 0)
                _hosts.Remove(name);
        }
    }

    private sealed class Host
    {
        public DateTimeOffset NextTurnAt { get; set; }

        public DateTimeOffset PausedUntil { get; set; }

        public int Refusals { get; set; }
    }
}
