using System.Collections.Concurrent;
using Ical.Net;
using Ical.Net.CalendarComponents;
using Ical.Net.DataTypes;
using Microsoft.Extensions.Logging;
using ThreatWatch.Core;
using ThreatWatch.Platform.Hosting;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Alerting.Routing;

/// <summary>Reads the calendars of people on duty. A file that can't be read keeps its last good events in force and says so.</summary>
public sealed partial class DutyCalendars(Settings settings, TimeProvider time, ILogger<DutyCalendars> logger)
{
    // Laid out this far around now, once a day or when the file changes.
    private static readonly TimeSpan Back = TimeSpan.FromDays(2);
    private static readonly TimeSpan Ahead = TimeSpan.FromDays(100);
    private const int MostEvents = 20_000;
    private const long MostBytes = 5_000_000;

    private readonly ConcurrentDictionary<string, Entry> _read = new();

    private sealed record Entry(DateTime ChangedAt, DateOnly Day, string Zone, IReadOnlyList<Stretch> Events);

    /// <summary>Where the file of a calendar lies; one with an address is kept beside the database.</summary>
    internal static string FileOf(DutyCalendar calendar, SettingsSnapshot all) => calendar.File is { } file
        ? Path.GetFullPath(file, all.Folder)
        : Path.Combine(Path.GetDirectoryName(Path.GetFullPath(all.Get<StorageOptions>().Path, all.Folder))!, "calendars", Ids.Hash(calendar.Url!.AbsoluteUri)[..16] + ".ics");

    /// <summary>The events of all calendars as they are now.</summary>
    internal IReadOnlyList<CalendarEvents> Current()
    {
        var all = settings.Current;
        return [.. all.Get<AlertingOptions>().Duty.Calendars.Select(calendar => new CalendarEvents(calendar.Officer, calendar.Means, Read(FileOf(calendar, all), ZoneOf(all))))];
    }

    /// <summary>Lays out a calendar's events around an instant.</summary>
    /// <param name="zone">For times without a zone and for whole days.</param>
    internal static IReadOnlyList<Stretch> Parse(string text, TimeZoneInfo zone, DateTimeOffset now)
    {
        var calendar = Calendar.Load(text) ?? throw new FormatException("no calendar in it");
        return
        [
            .. calendar.GetOccurrences<CalendarEvent>(new CalDateTime((now - Back).UtcDateTime, "UTC"))
                .TakeWhile(occurrence => Instant(occurrence.Period.StartTime, zone) < now + Ahead)
                .Take(MostEvents)
                .Select(occurrence => new Stretch(
                    Instant(occurrence.Period.StartTime, zone),
                    Instant(occurrence.Period.EffectiveEndTime ?? occurrence.Period.StartTime, zone))),
        ];
    }

    private IReadOnlyList<Stretch> Read(string file, TimeZoneInfo zone)
    {
        var now = time.GetUtcNow();
        var known = _read.GetValueOrDefault(file);
        try
        {
            var info = new FileInfo(file);
            var day = DateOnly.FromDateTime(now.UtcDateTime);
            if (known is not null && known.ChangedAt == info.LastWriteTimeUtc && known.Day == day && known.Zone == zone.Id)
                return known.Events;
            if (info.Length > MostBytes)
                throw new FormatException("larger than 5 MB");
            var entry = new Entry(info.LastWriteTimeUtc, day, zone.Id, Parse(File.ReadAllText(file), zone, now));
            _read[file] = entry;
            return entry.Events;
        }
        catch (Exception exception)
        {
            // Parsers throw what they please; a wrong calendar must not keep an alert from anybody.
            LogUnreadable(Path.GetFileName(file), exception.GetType().Name);
            return known?.Events ?? [];
        }
    }

    internal static TimeZoneInfo ZoneOf(SettingsSnapshot all) =>
        TimeZoneInfo.TryFindSystemTimeZoneById(all.Get<AlertingOptions>().Duty.TimeZone ?? all.Get<District>().TimeZone, out var zone) ? zone : TimeZoneInfo.Utc;

    private static DateTimeOffset Instant(CalDateTime at, TimeZoneInfo zone) =>
        at.IsFloating || !at.HasTime ? WallClock.First(at.Value, zone) : new DateTimeOffset(at.AsUtc, TimeSpan.Zero);

    [LoggerMessage(LogLevel.Error, "The duty calendar {File} can't be read ({Error}); what was last read stays in force")]
    private partial void LogUnreadable(string file, string error);
}
