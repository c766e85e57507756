using System.Globalization;

namespace ThreatWatch.Ingest.Sources.Mastodon;

/// <summary>Ids of statuses: opaque texts that sort by length, then letter by letter.</summary>
internal static class MastodonId
{
    // A server's ids hold milliseconds since 1970 in all but the last 16 bits; those before version 2 and of other software do not.
    private const int TimeShift = 16;
    private const long FirstTimed = 1_400_000_000_000L << TimeShift;

    public static int Compare(string left, string right) =>
        left.Length != right.Length ? left.Length.CompareTo(right.Length) : string.CompareOrdinal(left, right);

    public static string Later(string? left, string right) => left is null || Compare(left, right) < 0 ? right : left;

    /// <summary>
    /// An id so much earlier: a status of another server gets an id by when it was written, not by when it arrived, so that one that comes
    /// late stands before what was read already.
    /// </summary>
    public static string Rewind(string id, TimeSpan by) =>
        long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > FirstTimed
            ? (number - ((long)by.TotalMilliseconds << TimeShift)).ToString(CultureInfo.InvariantCulture)
            : id;
}
