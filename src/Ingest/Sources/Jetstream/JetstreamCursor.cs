using System.Globalization;

namespace ThreatWatch.Ingest.Sources.Jetstream;

/// <summary>How far a Jetstream was read: the time of its last event and the host that gave it, saved as "1779719009132431@host".</summary>
/// <param name="TimeUs">Microseconds since 1970. Hosts also take sequence numbers, but each has its own.</param>
internal readonly record struct JetstreamCursor(long TimeUs, string Host)
{
    /// <summary>The hosts keep so much; an older cursor is clamped without a word.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromHours(36);

    // Each host stamps its own time on an event: on another one we begin a little earlier and meet some events twice, which costs nothing.
    private static readonly TimeSpan Rewind = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Unwatched = TimeSpan.FromMinutes(1);

    /// <summary>Null for none, or for one that is not ours.</summary>
    public static JetstreamCursor? Parse(string? cursor)
    {
        if (cursor is null)
            return null;
        var at = cursor.IndexOf('@', StringComparison.Ordinal);
        return at > 0 && long.TryParse(cursor.AsSpan(0, at), NumberStyles.None, CultureInfo.InvariantCulture, out var timeUs)
            ? new JetstreamCursor(timeUs, cursor[(at + 1)..])
            : null;
    }

    /// <summary>From where to ask a host.</summary>
    public long StartFor(string host) =>
        host == Host ? TimeUs : Math.Max(1, TimeUs - (Rewind.Ticks / TimeSpan.TicksPerMicrosecond));

    /// <summary>What was missed between this cursor and the first event that came after connecting with it; null for nothing.</summary>
    /// <param name="first">The time of that event.</param>
    /// <param name="isWhole">
    /// True where events of the whole network come, of which there are many each second. A stream of a few authors may be silent for
    /// hours, so that only the cursor's age tells.
    /// </param>
    public string? GapBefore(long first, DateTimeOffset now, bool isWhole)
    {
        var nowUs = (now - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        var jump = TimeSpan.FromMicroseconds(first - TimeUs);
        var age = TimeSpan.FromMicroseconds(nowUs - TimeUs);
        if (isWhole ? jump <= Unwatched : age <= Kept || jump <= Unwatched)
            return null;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"the stream goes on {jump.TotalMinutes:0} minutes after the last event that was read; it keeps {Kept.TotalHours:0} hours");
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{TimeUs}@{Host}");
}
