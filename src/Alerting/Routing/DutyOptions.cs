using ThreatWatch.Core;
using ThreatWatch.Platform.Hosting;

namespace ThreatWatch.Alerting.Routing;

/// <summary>Who is on duty when. Part "duty" of section "alerting". A person of whom nothing is said here is always on duty.</summary>
public sealed record DutyOptions
{
    /// <summary>IANA name; the district's where it is not given.</summary>
    public string? TimeZone { get; init; }

    public IReadOnlyList<Shift> Shifts { get; init; } = [];

    /// <summary>Days on which shifts do not hold, save those that say so.</summary>
    public IReadOnlyList<Holiday> Holidays { get; init; } = [];

    public IReadOnlyList<DutyCalendar> Calendars { get; init; } = [];

    internal static void Validate(DutyOptions options, SettingsSnapshot all, Problems problems)
    {
        var district = all.Get<District>();
        if (options.TimeZone is { } zone && !TimeZoneInfo.TryFindSystemTimeZoneById(zone, out _))
            problems.Add("timeZone", $"\"{zone}\" is not a time zone of this machine; write an IANA name such as \"America/Chicago\"");
        for (var i = 0; i < options.Shifts.Count; i++)
        {
            var (shift, at) = (options.Shifts[i], problems.At("shifts", i));
            CheckOfficer(district, shift.Officer, at);
            if (shift.Days.Count == 0)
                at.Add("days", "at least one day is needed, such as \"monday\"");
            foreach (var school in shift.Schools.Where(id => district.FindSchool(id) is null))
                at.Add("schools", $"no school has the id \"{school}\"");
        }

        for (var i = 0; i < options.Holidays.Count; i++)
        {
            if (options.Holidays[i].On == default)
                problems.At("holidays", i).Add("on", "is needed, such as \"2026-11-26\"");
            else if (options.Holidays[i].Through < options.Holidays[i].On)
                problems.At("holidays", i).Add("through", "must not be before \"on\"");
        }

        for (var i = 0; i < options.Calendars.Count; i++)
        {
            var (calendar, at) = (options.Calendars[i], problems.At("calendars", i));
            CheckOfficer(district, calendar.Officer, at);
            if (calendar.File is null == calendar.Url is null)
                at.Add("", "needs either \"file\" or \"url\"");
            if (calendar.Url is { Scheme: not "https" })
                at.Add("url", "must begin with https://");
            if (calendar.File is { } file && !File.Exists(Path.GetFullPath(file, all.Folder)))
                at.Add("file", "there is no such file");
        }
    }

    private static void CheckOfficer(District district, string id, Problems at)
    {
        if (district.FindOfficer(id) is null)
            at.Add("officer", $"no officer has the id \"{id}\"");
    }
}

/// <summary>A weekly stretch of duty, by the clock on the wall: over a clock change it lasts an hour less or more.</summary>
public sealed record Shift
{
    public string Officer { get; init; } = "";

    /// <summary>The days on which it begins.</summary>
    public IReadOnlyList<DayOfWeek> Days { get; init; } = [];

    public TimeOnly From { get; init; }

    /// <summary>On the next day where it is not after <see cref="From"/>; "00:00" to "00:00" is a whole day.</summary>
    public TimeOnly To { get; init; }

    /// <summary>Only for these schools; empty means all of the officer's.</summary>
    public IReadOnlyList<string> Schools { get; init; } = [];

    /// <summary>True where it holds on holidays too.</summary>
    public bool OnHolidays { get; init; }
}

/// <summary>One day or several without school.</summary>
public sealed record Holiday
{
    public DateOnly On { get; init; }

    /// <summary>The last day of several.</summary>
    public DateOnly? Through { get; init; }

    public string Name { get; init; } = "";
}

/// <summary>An iCalendar file or address (RFC 5545) whose events say that somebody is on duty, or away.</summary>
public sealed record DutyCalendar
{
    public string Officer { get; init; } = "";

    /// <summary>Relative to the configuration's folder.</summary>
    public string? File { get; init; }

    public Uri? Url { get; init; }

    /// <summary>What an event means.</summary>
    public DutyMeaning Means { get; init; } = DutyMeaning.OnDuty;
}

/// <summary>What an event in a calendar says of its officer.</summary>
public enum DutyMeaning
{
    OnDuty,
    Away,
}
