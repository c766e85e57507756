using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ThreatWatch.Alerting.Notifying.Email;
using ThreatWatch.Alerting.Notifying.Twilio;
using ThreatWatch.Platform.Hosting;

namespace ThreatWatch.Alerting.Watch;

/// <summary>
/// Logs in to each provider while nobody needs it: that a password has expired or a firewall has changed is heard in minutes and by another
/// way, not when the alert comes.
/// </summary>
public sealed partial class RouteProbeWorker(
    Settings settings, SmtpPool smtp, TwilioApi twilio, OwnTroubles troubles, TimeProvider time, ILogger<RouteProbeWorker> logger) : BackgroundService
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private DateTimeOffset _next;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        WorkerLoop.RunAsync(RunOnceAsync, Tick, time, logger, stoppingToken);

    /// <summary>Tries each route once, where it is time for it. One that fails is tried again soon, so that its end is heard as soon as its beginning.</summary>
    public async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        var (all, now) = (settings.Current, time.GetUtcNow());
        var options = all.Get<AlertingOptions>();
        if (options.Watch.ProbeEvery == TimeSpan.Zero || now < _next)
            return;
        var routes = new List<(string Key, string What, Func<CancellationToken, Task<string?>> TryAsync)>();
        if (options.Email.Smtp is { } server)
            routes.Add(("route:email", "no e-mail would leave", token => smtp.ProbeAsync(server, all.Folder, token)));
        if (options.Twilio is { } account)
            routes.Add(("route:twilio", "no text message or call would leave", token => twilio.ProbeAsync(account, token)));
        troubles.Keep("route:", [.. routes.Select(route => route.Key)]);
        var faults = await Task.WhenAll(routes.Select(route => FaultAsync(route.TryAsync, cancellationToken)));
        foreach (var ((key, what, _), fault) in routes.Zip(faults))
        {
            if (fault is null)
            {
                troubles.Went(key);
                continue;
            }

            if (!troubles.Has(key))
                LogBroken(key, fault);
            troubles.Failed(key, $"{what}: {fault}", now);
        }

        _next = faults.Any(fault => fault is not null) ? now : now + options.Watch.ProbeEvery;
    }

    private async Task<string?> FaultAsync(Func<CancellationToken, Task<string?>> tryAsync, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await tryAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"no answer within {Patience.TotalSeconds:0} s";
        }
    }

    [LoggerMessage(LogLevel.Error, "The way {Route} is broken: {Why}")]
    private partial void LogBroken(string route, string why);
}
