using System.Collections.Frozen;

namespace ThreatWatch.Ingest.Sources.Feeds.Dates;

/// <summary>Zone names and numeric offsets as they stand behind a time of day.</summary>
internal static class ZoneNames
{
    // Hours from UTC. Names that several zones share mean what North American publishers mean by them.
    private static readonly FrozenDictionary<string, double> Hours = new Dictionary<string, double>(StringComparer.OrdinalIgnoreCase)
    {
        ["z"] = 0, ["ut"] = 0, ["utc"] = 0, ["gmt"] = 0, ["wet"] = 0, ["west"] = 1, ["bst"] = 1, ["cet"] = 1, ["met"] = 1, ["mez"] = 1,
        ["cest"] = 2, ["mest"] = 2, ["mesz"] = 2, ["eet"] = 2, ["sast"] = 2, ["eest"] = 3, ["msk"] = 3, ["msd"] = 4, ["gst"] = 4,
        ["pkt"] = 5, ["ist"] = 5.5, ["npt"] = 5.75, ["wib"] = 7, ["ict"] = 7, ["hkt"] = 8, ["sgt"] = 8, ["awst"] = 8, ["jst"] = 9, ["kst"] = 9,
        ["acst"] = 9.5, ["acdt"] = 10.5, ["aest"] = 10, ["aedt"] = 11, ["nzst"] = 12, ["nzdt"] = 13, ["brt"] = -3, ["art"] = -3, ["nst"] = -3.5,
        ["ndt"] = -2.5, ["adt"] = -3, ["ast"] = -4, ["at"] = -4, ["edt"] = -4, ["est"] = -5, ["et"] = -5, ["cdt"] = -5, ["cst"] = -6,
        ["ct"] = -6, ["mdt"] = -6, ["mst"] = -7, ["mt"] = -7, ["pdt"] = -7, ["pst"] = -8, ["pt"] = -8, ["akdt"] = -8, ["akst"] = -9,
        ["hdt"] = -9, ["hst"] = -10, ["sst"] = -11, ["a"] = -1, ["n"] = 1, ["m"] = -12, ["y"] = 12,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>The offset at this place in the text, moving past it; null when there is none.</summary>
    public static TimeSpan? Read(ReadOnlySpan<char> text, ref int at)
    {
        var scan = at;
        for (var words = 0; words < 3; words++)
        {
            while (scan < text.Length && (char.IsWhiteSpace(text[scan]) || text[scan] is '(' or '[' or ','))
                scan++;
            if (scan >= text.Length)
                return null;
            if (text[scan] is '+' or '-' or '\u2212')
                return ReadOffset(text, scan, ref at);
            var end = scan;
            while (end < text.Length && (char.IsLetter(text[end]) || text[end] == '.'))
                end++;
            if (end == scan)
                return null;
            var name = text[scan..end].TrimEnd('.');
            if (Hours.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(name, out var hours))
            {
                at = end;
                if (hours == 0 && end < text.Length && text[end] is '+' or '-')
                    return ReadOffset(text, end, ref at) ?? TimeSpan.Zero;
                return TimeSpan.FromHours(hours);
            }
            // "PM" and "o'clock" may stand before the zone.
            scan = end;
        }
        return null;
    }

    private static TimeSpan? ReadOffset(ReadOnlySpan<char> text, int sign, ref int at)
    {
        Span<int> digits = stackalloc int[4];
        var count = 0;
        var scan = sign + 1;
        var colonAfter = -1;
        for (; scan < text.Length && count < 4; scan++)
        {
            if (char.IsAsciiDigit(text[scan]))
                digits[count++] = text[scan] - '0';
            else if (text[scan] is ':' or '.' && count is 1 or 2 && colonAfter < 0)
                colonAfter = count;
            else
                break;
        }
        if (count == 0)
            return null;
        at = scan;
        var (hours, minutes) = (count, colonAfter) switch
        {
            (1, _) => (digits[0], 0),
            (3, 2) => ((digits[0] * 10) + digits[1], digits[2]),
            (3, _) => (digits[0], (digits[1] * 10) + digits[2]),
            (2, 1) => (digits[0], digits[1]),
            (2, _) => ((digits[0] * 10) + digits[1], 0),
            _ => ((digits[0] * 10) + digits[1], (digits[2] * 10) + digits[3]),
        };
        if (hours > 18 || minutes > 59)
            return TimeSpan.Zero;
        var offset = new TimeSpan(hours, minutes, 0);
        return text[sign] == '+' ? offset : -offset;
    }
}
