using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ThreatWatch.Platform.Hosting;
using ThreatWatch.Platform.Queue;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Alerting.Rehearsing;

/// <summary>Lets the role rehearse once after its start, so that the first real alert finds code that has run. Real messages never wait for it.</summary>
public sealed partial class RehearsalWorker(Settings settings, IMessageQueue queue, TimeProvider time, ILogger<RehearsalWorker> logger) : BackgroundService
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // What a crash point is to kill is the real thing.
        if (!settings.Get<AlertingOptions>().Rehearses || CrashPoint.IsArmed)
            return;
        var began = time.GetTimestamp();
        using var limit = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stoppingToken);
        try
        {
            var queued = queue.RehearseAsync(either.Token);
            var sent = await Rehearsal.RunAsync(Path.GetTempPath(), settings.Get<StorageOptions>(), time, either.Token);
            await queued;
            LogRehearsed(sent, time.GetElapsedTime(began).TotalSeconds);
        }
        catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
        {
            // A machine that lets us write no file or open no port: the first alert takes a second longer.
            LogNot(exception.GetType().Name);
        }
        catch (OperationCanceledException)
        {
            // The daemon stops.
        }
    }

    [LoggerMessage(LogLevel.Information, "Rehearsed with {Count} made-up messages to ourselves in {Seconds:0.0} s")]
    private partial void LogRehearsed(int count, double seconds);

    [LoggerMessage(LogLevel.Information, "Could not rehearse ({Error}); the first alert may take a second longer")]
    private partial void LogNot(string error);
}
