using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ThreatWatch.Alerting.Watch;
using ThreatWatch.Core;
using ThreatWatch.Platform.Hosting;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Alerting.Drills;

/// <summary>Begins the scheduled drills, follows each until it comes back, and tells the operators of one that does not.</summary>
public sealed partial class DrillWorker(Settings settings, DrillStore drills, AlertActions actions, OperatorLine line, TimeProvider time, ILogger<DrillWorker> logger)
    : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Telling = TimeSpan.FromMinutes(2);

    // The alert of a post that waits longer comes to people as what it is: marked as a drill, and nobody closes it for them.
    private static readonly TimeSpan FollowedFor = TimeSpan.FromDays(2);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        WorkerLoop.RunAsync(RunOnceAsync, Every, time, logger, stoppingToken);

    public async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        var (options, district, now) = (settings.Get<AlertingOptions>(), settings.Get<District>(), time.GetUtcNow());
        var zone = TimeZoneInfo.TryFindSystemTimeZoneById(district.TimeZone, out var found) ? found : TimeZoneInfo.Utc;
        foreach (var drill in options.Drills)
        {
            if (DrillPlan.Due(drill, options.Duty, now, zone) is { } due && await drills.BeginAsync(drill.School, due, drill.Within, now, cancellationToken) is { } id)
                LogBegan(id, drill.School);
        }

        foreach (var drill in await drills.UnfinishedAsync(now - FollowedFor, cancellationToken))
            await FollowAsync(drill, now, cancellationToken);
    }

    private async Task FollowAsync(Drill drill, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var hops = await drills.HopsAsync(drill.PostId, cancellationToken);
        if (drill.Outcome == DrillOutcome.Running)
        {
            var (outcome, why) = DrillPlan.Judge(drill.StartedAt, hops, drill.Within, now);
            var ended = await drills.RecordAsync(drill.PostId, hops, outcome, why, cancellationToken);
            if (outcome == DrillOutcome.Running)
                return;
            if (ended)
                LogEnded(drill.PostId, outcome, why ?? "");
            drill = drill with { Outcome = outcome, Why = why, AlertId = null };
        }

        if (drill.AlertId is null && hops.AlertId is { } alertId)
        {
            await actions.CloseAsync(alertId, "drill", "schedule", Disposition.Drill, null, cancellationToken);
            await drills.AlertCameAsync(drill.PostId, alertId, cancellationToken);
        }

        if (drill is { Outcome: DrillOutcome.Broken, ToldAt: null } && await drills.ClaimTellingAsync(drill.PostId, now, now + Telling, cancellationToken))
        {
            var school = settings.Get<District>().SchoolName(drill.SchoolId);
            if (await line.TellAsync($"drill-{drill.PostId}", $"ThreatWatch DRILL FAILED - {school}", [$"{drill.Why}"], Loudness.Call, cancellationToken))
                await drills.ToldAsync(drill.PostId, now, cancellationToken);
        }
    }

    [LoggerMessage(LogLevel.Information, "Drill {PostId} for {School} began")]
    private partial void LogBegan(string postId, string school);

    [LoggerMessage(LogLevel.Warning, "Drill {PostId} ended: {Outcome} {Why}")]
    private partial void LogEnded(string postId, DrillOutcome outcome, string why);
}
