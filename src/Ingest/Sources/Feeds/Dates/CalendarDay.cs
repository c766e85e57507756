namespace ThreatWatch.Ingest.Sources.Feeds.Dates;

/// <summary>Finds year, month and day in a date text, by a month's name where there is one and by the order of numbers elsewhere.</summary>
internal static class CalendarDay
{
    private readonly record struct Number(int Value, int Digits, char Before);

    /// <summary>The day that stands in the text outside of its time of day.</summary>
    public static DateOnly? Find(ReadOnlySpan<char> text, int clockStart, int clockEnd)
    {
        Span<Number> numbers = stackalloc Number[4];
        var count = 0;
        var month = 0;
        var isWeek = false;
        var at = 0;
        while (at < text.Length)
        {
            if (at >= clockStart && at < clockEnd)
            {
                at = clockEnd;
                continue;
            }
            var limit = at < clockStart ? clockStart : text.Length;
            var start = at;
            if (char.IsAsciiDigit(text[at]))
            {
                while (at < limit && char.IsAsciiDigit(text[at]))
                    at++;
                if (count < numbers.Length && at - start <= 14)
                    count = Add(numbers, count, text[start..at], start == 0 ? '\0' : text[start - 1]);
            }
            else if (char.IsLetter(text[at]))
            {
                while (at < limit && (char.IsLetter(text[at]) || text[at] is '\u0301' or '\''))
                    at++;
                var word = text[start..at];
                // Of two month names the later counts: "mar" is also a Tuesday in three languages.
                if (MonthNames.Find(word) is var found and > 0)
                    month = found;
                isWeek |= word is "W" or "w" && count == 1;
            }
            else
                at++;
        }
        var known = numbers[..count];
        if (count == 0)
            return null;
        if (isWeek)
            return Week(known);
        return month > 0 ? WithName(known, month) : ByOrder(known);
    }

    private static int Add(Span<Number> numbers, int count, ReadOnlySpan<char> digits, char before)
    {
        if (digits.Length >= 8 && count + 3 <= numbers.Length)
        {
            numbers[count++] = new(int.Parse(digits[..4], provider: null), 4, before);
            numbers[count++] = new(int.Parse(digits[4..6], provider: null), 2, '-');
            numbers[count++] = new(int.Parse(digits[6..8], provider: null), 2, '-');
            return count;
        }
        if (digits.Length <= 7)
            numbers[count++] = new(int.Parse(digits, provider: null), digits.Length, before);
        return count;
    }

    private static DateOnly? WithName(ReadOnlySpan<Number> numbers, int month)
    {
        if (numbers.Length == 1)
            return numbers[0].Digits >= 3 ? Make(numbers[0].Value, month, 1) : null;
        var yearAt = -1;
        for (var index = 0; index < numbers.Length && yearAt < 0; index++)
        {
            if (numbers[index].Digits >= 3 || numbers[index].Value > 31)
                yearAt = index;
        }
        if (yearAt < 0)
            yearAt = 1;
        return Make(Year(numbers[yearAt]), month, numbers[yearAt == 0 ? 1 : 0].Value);
    }

    private static DateOnly? ByOrder(ReadOnlySpan<Number> numbers)
    {
        var first = numbers[0];
        if (numbers.Length == 1)
            return first.Digits == 4 ? Make(first.Value, 1, 1) : first.Digits == 6 ? Make(first.Value / 100, first.Value % 100, 1)
                : first.Digits == 7 ? Ordinal(first.Value / 1000, first.Value % 1000) : null;
        var second = numbers[1];
        if (numbers.Length == 2)
            return second.Digits == 3 ? Ordinal(Year(first), second.Value) : first.Digits == 4 ? Make(first.Value, second.Value, 1)
                : second.Digits == 4 ? Make(second.Value, first.Value, 1) : null;
        var third = numbers[2];
        if (first.Digits >= 3)
            return second.Value > 12 ? Make(Year(first), third.Value, second.Value) : Make(Year(first), second.Value, third.Value);
        if (third.Digits < 3 && second.Before == '-')
            return Make(Year(first), second.Value, third.Value);
        var isMonthFirst = second.Before == '/' ? first.Value <= 12 : second.Value > 12;
        return isMonthFirst ? Make(Year(third), first.Value, second.Value) : Make(Year(third), second.Value, first.Value);
    }

    private static DateOnly? Week(ReadOnlySpan<Number> numbers)
    {
        if (numbers.Length < 2)
            return null;
        var week = numbers[1].Digits == 3 ? numbers[1].Value / 10 : numbers[1].Value;
        var day = numbers[1].Digits == 3 ? numbers[1].Value % 10 : numbers.Length > 2 ? numbers[2].Value : 1;
        if (numbers[0].Value is < 1 or > 9998 || week is < 1 or > 53 || day is < 1 or > 7)
            return null;
        var fourth = new DateOnly(numbers[0].Value, 1, 4);
        return fourth.AddDays(((week - 1) * 7) + day - 1 - (((int)fourth.DayOfWeek + 6) % 7));
    }

    private static DateOnly? Ordinal(int year, int day) => year is < 1 or > 9998 || day is < 1 or > 366 ? null : new DateOnly(year, 1, 1).AddDays(day - 1);

    private static int Year(Number number) => number.Digits switch
    {
        <= 2 => number.Value < 70 ? number.Value + 2000 : number.Value + 1900,
        // Programs that printed a C struct tm as it was: 104 for 2004.
        3 => number.Value + 1900,
        _ => number.Value,
    };

    // 31 June is the day after 30 June, as in the C library that wrote it.
    private static DateOnly? Make(int year, int month, int day) =>
        year is < 1 or > 9998 || month is < 1 or > 12 || day is < 1 or > 31 ? null : new DateOnly(year, month, 1).AddDays(day - 1);
}
