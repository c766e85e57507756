using System.Text.Json;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Ingest.Polling;

/// <summary>
/// Learns how long a source usually pauses between two new posts, so that one that answers and yet has gone quiet is noticed. The longest
/// pause of each of its last 28 days with posts is kept, nights, weekends and holidays thereby included. Pure.
/// </summary>
internal static class SourcePace
{
    private const int DaysKept = 28;
    private const int DaysNeeded = 7;
    private const int PausesNeeded = 10;

    // A pause half as long again is chance; twice as long as any of four weeks hardly ever is.
    private const int Unusual = 2;

    private static readonly TimeSpan Shortest = TimeSpan.FromHours(1);

    /// <summary>The pulse after a read that succeeded.</summary>
    /// <param name="every">The pause between two reads.</param>
    /// <param name="patience">After a longer break than this the source was not watched: what it did then teaches nothing.</param>
    /// <param name="brought">True where there was something new, unless <paramref name="newest"/> says otherwise.</param>
    /// <param name="newest">The date of the newest post in a document that repeats its older ones; null where only new ones come.</param>
    public static SourcePulse After(SourcePulse pulse, TimeSpan every, TimeSpan patience, bool brought, DateTimeOffset? newest, DateTimeOffset now)
    {
        var since = pulse.WatchedAt is { } last && now - last <= patience ? pulse.WatchedSinceAt ?? last : now;
        var days = Read(pulse.Learned);
        var isNew = brought && (newest is null || pulse.NewestAt is null || newest > pulse.NewestAt);
        if (!isNew)
            return pulse with { WatchedSinceAt = since, WatchedAt = now, QuietAfter = QuietAfter(days, every) };
        if (pulse.LastNewAt is { } before && before >= since)
        {
            var pause = now - before;
            // What was reported as unusual must not make itself usual at once.
            days = Learn(days, pause > pulse.QuietAfter ? pulse.QuietAfter.Value : pause, now);
        }

        return new SourcePulse(
            since,
            now,
            // At the first sight the source's own date says more than ours.
            pulse.LastNewAt is null && newest < now ? newest : now,
            newest > pulse.NewestAt || pulse.NewestAt is null ? newest : pulse.NewestAt,
            QuietAfter(days, every),
            days.Count == 0 ? null : Json.Write(days));
    }

    private static TimeSpan? QuietAfter(List<PaceDay> days, TimeSpan every)
    {
        if (days.Count == 0 || days[^1].Day - days[0].Day < DaysNeeded || days.Sum(day => day.Pauses) < PausesNeeded)
            return null;
        var usual = TimeSpan.FromSeconds(days.Max(day => day.Longest)) * Unusual;
        var least = every * 3 > Shortest ? every * 3 : Shortest;
        return usual > least ? usual : least;
    }

    private static List<PaceDay> Learn(List<PaceDay> days, TimeSpan pause, DateTimeOffset now)
    {
        var (today, seconds) = ((int)(now.ToUnixTimeSeconds() / 86_400), (long)pause.TotalSeconds);
        List<PaceDay> learned = [.. days];
        if (learned.Count > 0 && learned[^1].Day >= today)
            learned[^1] = learned[^1] with { Longest = Math.Max(learned[^1].Longest, seconds), Pauses = Math.Min(learned[^1].Pauses + 1, 1_000_000) };
        else
            learned.Add(new PaceDay(today, seconds, 1));
        return learned.Count > DaysKept ? learned[^DaysKept..] : learned;
    }

    private static List<PaceDay> Read(string? learned)
    {
        try
        {
            return learned is null ? [] : Json.Read<List<PaceDay>>(learned);
        }
        catch (JsonException)
        {
            // It is learned anew.
            return [];
        }
    }

    /// <summary>A day on which the source brought something.</summary>
    /// <param name="Day">Since 1970, UTC.</param>
    /// <param name="Longest">The longest pause that ended on it, in seconds.</param>
    /// <param name="Pauses">How many ended on it.</param>
    private sealed record PaceDay(int Day, long Longest, int Pauses);
}
