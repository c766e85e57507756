namespace ThreatWatch.Ingest.Sources.Feeds.Dates;

/// <summary>
/// Reads the dates that publishers write: RFC 822, ISO 8601, asctime, Unix time and their many misspellings, in the
/// month names of a score of languages.
/// </summary>
public static class FeedDate
{
    private const int LongestDate = 100;

    /// <summary>The instant in UTC; null when the text is no date. Without a zone it is taken for UTC.</summary>
    public static DateTimeOffset? Parse(string? text)
    {
        var date = text.AsSpan().Trim();
        if (date.Length == 0)
            return null;
        date = date[..Math.Min(date.Length, LongestDate)];
        if (date.IndexOfAnyExceptInRange('0', '9') < 0 && date.Length is >= 9 and <= 13 and not 12)
            return FromUnix(date);
        var clock = ClockTime.Find(date);
        var day = CalendarDay.Find(date, clock.Start, clock.End);
        if (day is not { } found)
            return null;
        var offset = clock.Offset ?? (IsKorean(date) ? TimeSpan.FromHours(9) : TimeSpan.Zero);
        var ticks = found.ToDateTime(TimeOnly.MinValue).Ticks + clock.OfDay.Ticks - offset.Ticks;
        return ticks < 0 || ticks > DateTime.MaxValue.Ticks ? null : new DateTimeOffset(ticks, TimeSpan.Zero);
    }

    private static DateTimeOffset? FromUnix(ReadOnlySpan<char> digits)
    {
        if (!long.TryParse(digits, out var value))
            return null;
        return digits.Length > 11 ? DateTimeOffset.FromUnixTimeMilliseconds(value) : DateTimeOffset.FromUnixTimeSeconds(value);
    }

    // Korean blog hosts write local time and no zone.
    private static bool IsKorean(ReadOnlySpan<char> text) => text.IndexOfAny("년전후") >= 0;
}
