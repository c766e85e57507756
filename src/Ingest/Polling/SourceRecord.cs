using ThreatWatch.Ingest.Sources;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Ingest.Polling;

/// <summary>What a worker remembers of a source between reads.</summary>
public sealed class SourceRecord
{
    private readonly Lock _lock = new();
    private bool _brought;
    private DateTimeOffset? _newest;
    private DateTimeOffset? _newsSaidAt;

    /// <summary>In a row.</summary>
    public int Failures { get; set; }

    /// <summary>The last failure; null for a source that can be read.</summary>
    public string? Why { get; set; }

    internal DateTimeOffset? SaidAt { get; set; }

    /// <summary>True where there is something new to write and nothing of the kind was written since: a busy stream has no news worth a row each time.</summary>
    internal bool HasNewsSince(DateTimeOffset since)
    {
        lock (_lock)
            return _brought && !(_newsSaidAt > since);
    }

    /// <summary>Notes what a batch brought, for the next time that the source's state is written.</summary>
    internal void Take(SourceOptions source, SourceBatch batch, DateTimeOffset now)
    {
        var posts = batch.Items.OfType<PostItem>().ToList();
        if (posts.Count == 0)
            return;
        // A feed repeats its older posts each time; what others bring is new.
        var newest = source.Type == SourceType.Feed ? posts.Where(post => post.PublishedAt <= now + TimeSpan.FromHours(1)).Max(post => post.PublishedAt) : null;
        lock (_lock)
        {
            _brought = true;
            _newest = newest > now ? now : newest > _newest || _newest is null ? newest : _newest;
        }
    }

    /// <summary>The pulse with what was noted, which is noted no longer.</summary>
    internal SourcePulse Fold(SourcePulse pulse, SourceOptions source, TimeSpan patience, DateTimeOffset now)
    {
        lock (_lock)
        {
            var (brought, newest) = (_brought, _newest);
            (_brought, _newest, _newsSaidAt) = (false, null, brought ? now : _newsSaidAt);
            return SourcePace.After(pulse, source.IsAsked ? source.Every : TimeSpan.Zero, patience, brought, newest, now);
        }
    }
}
