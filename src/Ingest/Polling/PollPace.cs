namespace ThreatWatch.Ingest.Polling;

/// <summary>Decides when a source is read next. Pure: a bad header can't silence a source, and no failure switches one off.</summary>
internal static class PollPace
{
    /// <summary>The longest that a source may ask us to stay away.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromHours(1);

    // A district's own sources, and those that are added while it runs, are read at once.
    private const int AtOnce = 50;
    private const double StartsASecond = 20;

    /// <summary>How long the first read of a source waits, where many begin together: thousands spread over their interval, and so for good.</summary>
    /// <param name="index">Its place among those that begin, from 0.</param>
    /// <param name="count">How many begin.</param>
    /// <param name="random">0 to 1.</param>
    public static TimeSpan First(int index, int count, TimeSpan every, double random)
    {
        if (index < AtOnce)
            return TimeSpan.Zero;
        var soonest = TimeSpan.FromSeconds((count - AtOnce) / StartsASecond);
        return (soonest < every ? soonest : every) * ((index - AtOnce + random) / (count - AtOnce));
    }

    /// <param name="every">The configured interval.</param>
    /// <param name="wish">The source's own: null for none, zero where more waits.</param>
    /// <param name="brought">True where the read brought something, without which "more waits" is not believed.</param>
    public static TimeSpan AfterSuccess(TimeSpan every, TimeSpan? wish, bool brought)
    {
        if (wish is null)
            return every;
        if (wish <= TimeSpan.Zero)
            return brought ? TimeSpan.Zero : every;
        return wish < every ? every : wish.Value < Longest ? wish.Value : Longest;
    }

    /// <param name="failures">In a row, 1 for the first.</param>
    /// <param name="asked">What upstream asks for, or null.</param>
    /// <param name="random">0 to 1; spreads those that failed together by a fifth up or down.</param>
    public static TimeSpan AfterFailure(TimeSpan every, int failures, TimeSpan? asked, double random)
    {
        var first = every < FirstRetry ? every : FirstRetry;
        var wait = first * Math.Pow(2, Math.Min(failures - 1, 20));
        if (wait > LongestRetry)
            wait = LongestRetry;
        wait *= 0.8 + (0.4 * random);
        if (asked > wait)
            wait = asked.Value;
        return wait < Longest ? wait : Longest;
    }
}
