using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ThreatWatch.Platform.Hosting;

namespace ThreatWatch.Alerting.Routing;

/// <summary>Fetches the duty calendars that have an address, so that deciding who is told never waits for another server.</summary>
public sealed partial class DutyCalendarWorker(Settings settings, TimeProvider time, ILogger<DutyCalendarWorker> logger) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(15);
    private const int MostBytes = 5_000_000;

    private readonly HttpClient _client = new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5), MaxAutomaticRedirections = 3 })
    {
        Timeout = TimeSpan.FromSeconds(20),
        MaxResponseContentBufferSize = MostBytes,
    };

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
        foreach (var calendar in all.Get<AlertingOptions>().Duty.Calendars.Where(calendar => calendar.Url is not null))
        {
            try
            {
                var text = await _client.GetStringAsync(calendar.Url, cancellationToken);
                var file = DutyCalendars.FileOf(calendar, all);
                Directory.CreateDirectory(Path.GetDirectoryName(file)!);
                await File.WriteAllTextAsync(file + ".tmp", text, cancellationToken);
                File.Move(file + ".tmp", file, overwrite: true);
            }
            catch (Exception exception) when (exception is HttpRequestException or IOException or UnauthorizedAccessException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                LogFailed(calendar.Officer, exception.GetType().Name);
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "The duty calendar of {OfficerId} can't be fetched ({Error}); what was last fetched stays in force")]
    private partial void LogFailed(string officerId, string error);
}
