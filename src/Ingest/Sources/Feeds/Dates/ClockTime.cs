using System.Globalization;

namespace ThreatWatch.Ingest.Sources.Feeds.Dates;

/// <summary>The time of day and zone within a date text, and which part of the text they take up.</summary>
internal readonly record struct ClockTime(int Start, int End, TimeSpan OfDay, TimeSpan? Offset)
{
    private static readonly string[] BeforeNoon = ["am", "a.m", "오전", "上午", "午前", "πμ", "π.μ"];
    private static readonly string[] AfterNoon = ["pm", "p.m", "오후", "下午", "午後", "μμ", "μ.μ"];

    public static ClockTime Find(ReadOnlySpan<char> text)
    {
        for (var colon = text.IndexOf(':'); colon >= 0 && colon < text.Length; colon = Next(text, colon))
        {
            if (colon > 0 && colon + 1 < text.Length && char.IsAsciiDigit(text[colon - 1]) && char.IsAsciiDigit(text[colon + 1]))
                return WithColons(text, colon);
        }
        return Compact(text);
    }

    private static int Next(ReadOnlySpan<char> text, int colon)
    {
        var offset = text[(colon + 1)..].IndexOf(':');
        return offset < 0 ? text.Length : colon + 1 + offset;
    }

    private static ClockTime WithColons(ReadOnlySpan<char> text, int colon)
    {
        var start = colon;
        while (start > 0 && colon - start < 2 && char.IsAsciiDigit(text[start - 1]))
            start--;
        var hour = Number(text, start, colon);
        var at = colon + 1;
        var minute = TakeNumber(text, ref at);
        var second = 0;
        var fraction = 0d;
        if (at + 1 < text.Length && text[at] == ':' && char.IsAsciiDigit(text[at + 1]))
        {
            at++;
            second = TakeNumber(text, ref at);
            if (at + 1 < text.Length && text[at] is '.' or ',' or ':' && char.IsAsciiDigit(text[at + 1]))
                fraction = TakeFraction(text, ref at);
        }
        return Finish(text, start, at, hour, minute, second, fraction);
    }

    // 20031231T101455Z: two, four or six digits behind a T that follows a digit.
    private static ClockTime Compact(ReadOnlySpan<char> text)
    {
        for (var index = 1; index + 2 < text.Length; index++)
        {
            if (text[index] is not ('T' or 't') || !char.IsAsciiDigit(text[index - 1]) || !char.IsAsciiDigit(text[index + 1]))
                continue;
            var at = index + 1;
            while (at < text.Length && char.IsAsciiDigit(text[at]))
                at++;
            var digits = at - index - 1;
            if (digits is not (2 or 4 or 6))
                break;
            var hour = Number(text, index + 1, index + 3);
            var minute = digits > 2 ? Number(text, index + 3, index + 5) : 0;
            var second = digits > 4 ? Number(text, index + 5, index + 7) : 0;
            var fraction = at + 1 < text.Length && text[at] is '.' or ',' && char.IsAsciiDigit(text[at + 1]) ? TakeFraction(text, ref at) : 0;
            return Finish(text, index, at, hour, minute, second, fraction);
        }
        return new ClockTime(text.Length, text.Length, TimeSpan.Zero, null);
    }

    private static ClockTime Finish(ReadOnlySpan<char> text, int start, int at, int hour, int minute, int second, double fraction)
    {
        if (hour < 12 && Contains(text, AfterNoon))
            hour += 12;
        else if (hour == 12 && Contains(text, BeforeNoon))
            hour = 0;
        var offset = ZoneNames.Read(text, ref at);
        if (hour > 24 || minute > 59 || second > 61)
            return new ClockTime(start, at, TimeSpan.Zero, offset);
        return new ClockTime(start, at, new TimeSpan(hour, minute, second) + TimeSpan.FromMilliseconds(Math.Floor(fraction * 1000)), offset);
    }

    private static bool Contains(ReadOnlySpan<char> text, string[] marks)
    {
        foreach (var mark in marks)
        {
            var at = text.IndexOf(mark, StringComparison.OrdinalIgnoreCase);
            if (at >= 0 && (mark[0] > 'z' || at == 0 || !char.IsLetter(text[at - 1])) &&
                (mark[0] > 'z' || at + mark.Length >= text.Length || !char.IsLetter(text[at + mark.Length])))
                return true;
        }
        return false;
    }

    private static double TakeFraction(ReadOnlySpan<char> text, ref int at)
    {
        var start = ++at;
        while (at < text.Length && char.IsAsciiDigit(text[at]))
            at++;
        return double.TryParse(string.Concat("0.", text[start..at]), CultureInfo.InvariantCulture, out var value) ? value : 0;
    }

    private static int TakeNumber(ReadOnlySpan<char> text, ref int at)
    {
        var start = at;
        while (at < text.Length && at - start < 2 && char.IsAsciiDigit(text[at]))
            at++;
        return Number(text, start, at);
    }

    private static int Number(ReadOnlySpan<char> text, int start, int end)
    {
        var value = 0;
        for (var index = start; index < end; index++)
            value = (value * 10) + text[index] - '0';
        return value;
    }
}
