using System.Globalization;
using ThreatWatch.Alerting.Routing;

namespace ThreatWatch.Tests.Alerting.Routing;

public sealed class DutyTests
{
    private static readonly TimeZoneInfo Chicago = TimeZoneInfo.FindSystemTimeZoneById("America/Chicago");

    // 2026-03-08, 02:00 becomes 03:00; 2026-11-01, 02:00 becomes 01:00 again.
    [Theory]
    [InlineData("2026-11-24", "07:00", "16:00", "2026-11-24T13:00Z", "2026-11-24T22:00Z")]
    [InlineData("2026-03-07", "22:00", "06:00", "2026-03-08T04:00Z", "2026-03-08T11:00Z")]
    [InlineData("2026-10-31", "22:00", "06:00", "2026-11-01T03:00Z", "2026-11-01T12:00Z")]
    [InlineData("2026-03-08", "02:30", "05:00", "2026-03-08T08:00Z", "2026-03-08T10:00Z")]
    [InlineData("2026-03-08", "00:00", "02:30", "2026-03-08T06:00Z", "2026-03-08T08:00Z")]
    [InlineData("2026-11-01", "01:30", "05:00", "2026-11-01T06:30Z", "2026-11-01T11:00Z")]
    [InlineData("2026-11-01", "00:00", "01:30", "2026-11-01T05:00Z", "2026-11-01T07:30Z")]
    [InlineData("2026-11-24", "00:00", "00:00", "2026-11-24T06:00Z", "2026-11-25T06:00Z")]
    public void A_shift_lasts_by_the_clock_on_the_wall_over_both_clock_changes(string day, string from, string to, string begins, string ends)
    {
        var stretch = WallClock.Between(
            DateOnly.Parse(day, CultureInfo.InvariantCulture), TimeOnly.Parse(from, CultureInfo.InvariantCulture), TimeOnly.Parse(to, CultureInfo.InvariantCulture), Chicago);
        Assert.Equal((Instant(begins), Instant(ends)), (stretch.From, stretch.Until));
    }

    [Theory]
    [InlineData("2026-03-08")]
    [InlineData("2026-11-01")]
    [InlineData("2026-11-24")]
    public void Shifts_that_meet_leave_no_minute_without_anybody(string day)
    {
        DayOfWeek[] all = [.. Enum.GetValues<DayOfWeek>()];
        var roster = Roster(new DutyOptions
        {
            Shifts =
            [
                new Shift { Officer = "early", Days = all, From = new(1, 30), To = new(9, 0) },
                new Shift { Officer = "day", Days = all, From = new(9, 0), To = new(17, 0) },
                new Shift { Officer = "late", Days = all, From = new(17, 0), To = new(1, 30) },
            ],
        });
        var start = Instant(day + "T00:00Z");
        for (var minute = 0; minute < 36 * 60; minute++)
        {
            var at = start.AddMinutes(minute);
            Assert.Contains(new[] { "early", "day", "late" }, officer => roster.IsOn(officer, "cedar", at));
        }
    }

    [Theory]
    [InlineData("2026-11-24T13:40Z", true)]
    [InlineData("2026-11-24T12:59Z", false)]
    [InlineData("2026-11-24T22:00Z", false)]
    [InlineData("2026-11-26T13:40Z", false)]
    [InlineData("2026-11-27T13:40Z", false)]
    [InlineData("2026-11-28T13:40Z", false)]
    [InlineData("2026-11-30T13:40Z", true)]
    public void Weekdays_but_not_holidays(string at, bool expected)
    {
        var roster = Roster(new DutyOptions
        {
            Shifts = [new Shift { Officer = "ortega", Days = [DayOfWeek.Monday, DayOfWeek.Tuesday, DayOfWeek.Thursday, DayOfWeek.Friday], From = new(7, 0), To = new(16, 0) }],
            Holidays = [new Holiday { On = new(2026, 11, 26), Through = new(2026, 11, 27), Name = "Thanksgiving" }],
        });
        Assert.Equal(expected, roster.IsOn("ortega", "cedar", Instant(at)));
    }

    [Fact]
    public void A_shift_at_one_school_is_none_at_another_and_who_has_no_shift_is_always_on()
    {
        var roster = Roster(new DutyOptions { Shifts = [new Shift { Officer = "ortega", Days = [DayOfWeek.Tuesday], From = new(7, 0), To = new(16, 0), Schools = ["cedar"] }] });
        var at = Instant("2026-11-24T13:40Z");
        Assert.Equal((true, false, true), (roster.IsOn("ortega", "cedar", at), roster.IsOn("ortega", "harlan", at), roster.IsOn("desk", "harlan", at)));
    }

    [Fact]
    public void A_calendar_puts_on_duty_and_takes_off_it()
    {
        var at = Instant("2026-11-24T13:40Z");
        Stretch now = new(at.AddHours(-1), at.AddHours(1)), later = new(at.AddHours(3), at.AddHours(4));
        var roster = new DutyRoster(
            new DutyOptions(),
            Chicago,
            [
                new CalendarEvents("ortega", DutyMeaning.OnDuty, [now]), new CalendarEvents("lindqvist", DutyMeaning.OnDuty, [later]),
                new CalendarEvents("tanaka", DutyMeaning.OnDuty, [now]), new CalendarEvents("tanaka", DutyMeaning.Away, [now]),
            ]);
        Assert.Equal((true, false, false), (roster.IsOn("ortega", "cedar", at), roster.IsOn("lindqvist", "cedar", at), roster.IsOn("tanaka", "cedar", at)));
    }

    [Fact]
    public void An_icalendar_file_is_laid_out_with_zones_repeats_exceptions_and_whole_days()
    {
        const string Text = """
            BEGIN:VCALENDAR
            VERSION:2.0
            PRODID:-//district//duty//EN
            BEGIN:VEVENT
            UID:weekly@duty
            DTSTART;TZID=America/Chicago:20261102T070000
            DTEND;TZID=America/Chicago:20261102T160000
            RRULE:FREQ=WEEKLY;BYDAY=MO,TU
            EXDATE;TZID=America/Chicago:20261130T070000
            END:VEVENT
            BEGIN:VEVENT
            UID:day@duty
            DTSTART;VALUE=DATE:20261125
            DTEND;VALUE=DATE:20261126
            END:VEVENT
            BEGIN:VEVENT
            UID:floating@duty
            DTSTART:20261127T180000
            DTEND:20261127T200000
            END:VEVENT
            BEGIN:VEVENT
            UID:utc@duty
            DTSTART:20261128T120000Z
            DTEND:20261128T130000Z
            END:VEVENT
            END:VCALENDAR
            """;
        var events = DutyCalendars.Parse(Text, Chicago, Instant("2026-11-24T12:00Z"));
        string[] expected =
        [
            "2026-11-24 13:00-22:00", "2026-11-25 06:00-06:00", "2026-11-28 00:00-02:00", "2026-11-28 12:00-13:00", "2026-12-01 13:00-22:00",
        ];
        var found = events.Where(stretch => stretch.From > Instant("2026-11-24T00:00Z")).OrderBy(stretch => stretch.From).Take(5)
            .Select(stretch => $"{stretch.From:yyyy-MM-dd HH:mm}-{stretch.Until:HH:mm}");
        Assert.Equal(expected, found);
    }

    private static DutyRoster Roster(DutyOptions options) => new(options, Chicago, []);

    private static DateTimeOffset Instant(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture).ToUniversalTime();
}
