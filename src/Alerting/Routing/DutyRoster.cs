using ThreatWatch.Core;

namespace ThreatWatch.Alerting.Routing;

/// <summary>Tells who is on duty at an instant, from shifts, holidays and the events of calendars.</summary>
internal sealed class DutyRoster(DutyOptions options, TimeZoneInfo zone, IReadOnlyList<CalendarEvents> calendars)
{
    public static DutyRoster Of(DutyOptions options, District district, IReadOnlyList<CalendarEvents> calendars) =>
        new(options, TimeZoneInfo.TryFindSystemTimeZoneById(options.TimeZone ?? district.TimeZone, out var zone) ? zone : TimeZoneInfo.Utc, calendars);

    /// <summary>True where the person is on duty for the school.</summary>
    public bool IsOn(string officerId, string schoolId, DateTimeOffset at)
    {
        if (Any(officerId, DutyMeaning.Away, at))
            return false;
        var shifts = options.Shifts.Where(shift => shift.Officer == officerId).ToList();
        var hasCalendar = calendars.Any(calendar => calendar.OfficerId == officerId && calendar.Means == DutyMeaning.OnDuty);
        if (shifts.Count == 0 && !hasCalendar)
            return true;
        return Any(officerId, DutyMeaning.OnDuty, at)
            || shifts.Any(shift => (shift.Schools.Count == 0 || shift.Schools.Contains(schoolId)) && Holds(shift, at));
    }

    private bool Any(string officerId, DutyMeaning means, DateTimeOffset at) =>
        calendars.Any(calendar => calendar.OfficerId == officerId && calendar.Means == means && calendar.Events.Any(stretch => stretch.Holds(at)));

    private bool Holds(Shift shift, DateTimeOffset at)
    {
        // One that began yesterday may last into today. A day belongs to the day on which its shift begins, holidays too.
        var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(at, zone).DateTime);
        return new[] { today.AddDays(-1), today }.Any(day =>
            shift.Days.Contains(day.DayOfWeek) && (shift.OnHolidays || !IsHoliday(day)) && WallClock.Between(day, shift.From, shift.To, zone).Holds(at));
    }

    private bool IsHoliday(DateOnly day) => options.Holidays.Any(holiday => holiday.On <= day && day <= (holiday.Through ?? holiday.On));
}

/// <summary>The events of one calendar, laid out.</summary>
internal sealed record CalendarEvents(string OfficerId, DutyMeaning Means, IReadOnlyList<Stretch> Events);
