using System.Net;
using System.Net.Http.Headers;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ThreatWatch.Alerting.Watch;
using ThreatWatch.Platform.Hosting;

namespace ThreatWatch.Alerting.Routing;

/// <summary>
/// Fetches the duty calendars that have an address, so that deciding who is told never waits for another server. One that can't be had, or
/// is no calendar, leaves the last good one in force; the operators hear of it where it lasts.
/// </summary>
public sealed partial class DutyCalendarWorker(Settings settings, OwnTroubles troubles, TimeProvider time, ILogger<DutyCalendarWorker> logger) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(15);
    private const int MostBytes = 5_000_000;

    private readonly HttpClient _client = new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5), MaxAutomaticRedirections = 3 })
    {
        Timeout = TimeSpan.FromSeconds(20),
        MaxResponseContentBufferSize = MostBytes,
    };

    private readonly Dictionary<string, EntityTagHeaderValue> _tags = [];

    public override void Dispose()
    {
        _client.Dispose();
        base.Dispose();
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        WorkerLoop.RunAsync(RunOnceAsync, Every, time, logger, stoppingToken);

    /// <summary>Fetches each once; one that fails leaves the file of the last success.</summary>
    public async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        var all = settings.Current;
        var calendars = all.Get<AlertingOptions>().Duty.Calendars.Where(calendar => calendar.Url is not null).ToList();
        troubles.Keep(Key(""), [.. calendars.Select(calendar => Key(calendar.Officer))]);
        foreach (var calendar in calendars)
        {
            var file = DutyCalendars.FileOf(calendar, all);
            try
            {
                await FetchAsync(calendar.Url!, file, DutyCalendars.ZoneOf(all), cancellationToken);
                troubles.Went(Key(calendar.Officer));
            }
            catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
            {
                // Servers fail in many ways and parsers throw what they please.
                troubles.Failed(Key(calendar.Officer), $"the duty calendar of {calendar.Officer} can't be fetched", time.GetUtcNow());
                LogFailed(calendar.Officer, exception is HttpRequestException { StatusCode: { } status } ? $"{(int)status}" : exception.GetType().Name);
            }
        }
    }

    private static string Key(string officerId) => $"calendar:{officerId}";

    private async Task FetchAsync(Uri url, string file, TimeZoneInfo zone, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.UserAgent.TryParseAdd("ThreatWatch");
        request.Headers.Accept.TryParseAdd("text/calendar, */*;q=0.5");
        // Without the file the tag is of no use: the whole calendar is needed.
        if (File.Exists(file) && _tags.TryGetValue(file, out var tag))
            request.Headers.IfNoneMatch.Add(tag);
        using var response = await _client.SendAsync(request, cancellationToken);
        if (response.StatusCode == HttpStatusCode.NotModified)
            return;
        response.EnsureSuccessStatusCode();
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        // A login page in place of a calendar would otherwise take everybody off duty.
        _ = DutyCalendars.Parse(text, zone, time.GetUtcNow());
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        await File.WriteAllTextAsync(file + ".tmp", text, cancellationToken);
        File.Move(file + ".tmp", file, overwrite: true);
        _tags.Remove(file);
        if (response.Headers.ETag is { } fresh)
            _tags[file] = fresh;
    }

    [LoggerMessage(LogLevel.Warning, "The duty calendar of {OfficerId} can't be fetched ({Error}); what was last fetched stays in force")]
    private partial void LogFailed(string officerId, string error);
}
