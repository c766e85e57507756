using System.Collections.Concurrent;

namespace ThreatWatch.Alerting.Watch;

/// <summary>
/// What this process alone can know to be wrong, since it stands in no table: a duty calendar that can't be fetched sends alerts to whoever was
/// on duty when it last was, a mailbox that can't be read hides the mail that came back, a provider that refuses the login would send nothing.
/// </summary>
public sealed class OwnTroubles
{
    private readonly ConcurrentDictionary<string, Trouble> _failing = new();

    /// <summary>It failed; the instant of the first failure in a row counts.</summary>
    /// <param name="key">The same as long as it is the same trouble.</param>
    /// <param name="what">For people; ids, never addresses.</param>
    public void Failed(string key, string what, DateTimeOffset now) => _failing.TryAdd(key, new Trouble(key, what, now));

    /// <summary>It went well; true where it had failed before.</summary>
    public bool Went(string key) => _failing.TryRemove(key, out _);

    /// <summary>Forgets those of a kind that are no longer configured.</summary>
    public void Keep(string prefix, IReadOnlyCollection<string> keys)
    {
        foreach (var key in _failing.Keys.Where(key => key.StartsWith(prefix, StringComparison.Ordinal) && !keys.Contains(key)))
            _failing.TryRemove(key, out _);
    }

    internal bool Has(string key) => _failing.ContainsKey(key);

    /// <summary>Those that have lasted long enough to be told: a way to people as soon as a message that waits for one, the rest as a source.</summary>
    internal IReadOnlyList<Trouble> Lasting(WatchOptions options, DateTimeOffset now) =>
        [.. _failing.Values.Where(trouble => now - trouble.SinceAt >= (trouble.Key.StartsWith("route:", StringComparison.Ordinal) ? options.UnsentAfter : options.SourceFailsAfter)).OrderBy(trouble => trouble.Key, StringComparer.Ordinal)];
}
