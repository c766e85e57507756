using System.Globalization;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ThreatWatch.Platform.Hosting;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Alerting.Watch;

/// <summary>Watches the chain itself: what stands still is told to the operators, and while nothing does the outside monitor hears so.</summary>
public sealed partial class WatchWorker(
    Settings settings, Database database, ChainStore chain, TroubleStore known, OwnTroubles own, OperatorLine line, OutgoingPing ping, TimeProvider time, ILogger<WatchWorker> logger)
    : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(20);

    // As long as it may take to reach all operators; then it is tried again.
    private static readonly TimeSpan Telling = TimeSpan.FromMinutes(2);
    private readonly DateTimeOffset _since = time.GetUtcNow();

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        WorkerLoop.RunAsync(RunOnceAsync, Every, time, logger, stoppingToken);

    /// <summary>Looks once, and tells what there is to tell.</summary>
    public async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        var (options, now) = (settings.Get<AlertingOptions>().Watch, time.GetUtcNow());
        IReadOnlyList<Trouble> troubles =
        [
            .. Troubles.Now(await chain.LookAsync(now, cancellationToken), options, _since, now),
            .. own.Lasting(options, now),
        ];
        var tidings = Tidings.Of(troubles, await known.AllAsync(cancellationToken), options, now);
        await TellAsync(await ClaimAsync(troubles, tidings, now, cancellationToken), now, cancellationToken);
        if (troubles.All(trouble => trouble.IsToldOnce) && options.Ping is { } monitor)
            await ping.RunAsync(monitor, cancellationToken);
    }

    // What is to be told is recorded before it is: of several processes one tells, and after a crash it is told again rather than never.
    private async Task<Tidings> ClaimAsync(IReadOnlyList<Trouble> troubles, Tidings tidings, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var work = await database.BeginAsync(cancellationToken);
        foreach (var trouble in troubles)
            await TroubleStore.SeenAsync(work, trouble.Key, trouble.What, now, cancellationToken);
        foreach (var row in tidings.Forgotten)
            await TroubleStore.RemoveAsync(work, row.Key, cancellationToken);
        var fresh = new List<Trouble>();
        foreach (var trouble in tidings.Fresh)
        {
            if (await TroubleStore.ClaimAsync(work, trouble.Key, trouble.What, trouble.SinceAt, 0, now, now + Telling, cancellationToken))
                fresh.Add(trouble);
        }

        var reminders = new List<(Trouble Trouble, KnownTrouble Known)>();
        foreach (var pair in tidings.Reminders)
        {
            if (await TroubleStore.ClaimAsync(work, pair.Trouble.Key, pair.Trouble.What, pair.Known.SinceAt, pair.Known.Tellings, now, now + Telling, cancellationToken))
                reminders.Add(pair);
        }

        var cleared = new List<KnownTrouble>();
        foreach (var row in tidings.Cleared)
        {
            if (await TroubleStore.ClaimAsync(work, row.Key, row.What, row.SinceAt, row.Tellings, now, now + Telling, cancellationToken))
                cleared.Add(row);
        }

        await work.CommitAsync(cancellationToken);
        return new Tidings(fresh, reminders, cleared, []);
    }

    private async Task TellAsync(Tidings tidings, DateTimeOffset now, CancellationToken cancellationToken)
    {
        foreach (var trouble in tidings.Fresh)
            LogTrouble(trouble.Key);
        var bad = tidings.Fresh.Concat(tidings.Reminders.Select(pair => pair.Trouble)).ToList();
        var lines = bad.Select(trouble => $"{trouble.What}, for {Durations.ForPeople(now - trouble.SinceAt)}")
            .Concat(tidings.Cleared.Select(row => $"over: {row.What}"))
            .ToList();
        if (lines.Count == 0)
            return;
        var subject = bad.Count == 0 ? "ThreatWatch: all clear" : tidings.Fresh.Count == 0 ? "ThreatWatch STILL IN TROUBLE"
            : bad.TrueForAll(trouble => trouble.IsToldOnce) ? "ThreatWatch: a source has gone quiet" : "ThreatWatch IN TROUBLE";
        var id = string.Create(CultureInfo.InvariantCulture, $"watch-{now:yyyyMMdd-HHmmss}");
        if (!await line.TellAsync(id, subject, lines, Troubles.Loudness(tidings.Fresh), cancellationToken))
            return;
        await using var work = await database.BeginAsync(cancellationToken);
        foreach (var trouble in bad)
            await TroubleStore.ToldAsync(work, trouble.Key, now, cancellationToken);
        foreach (var row in tidings.Cleared)
        {
            await TroubleStore.RemoveAsync(work, row.Key, cancellationToken);
            LogOver(row.Key);
        }

        await work.CommitAsync(cancellationToken);
    }

    [LoggerMessage(LogLevel.Error, "In trouble: {Key}")]
    private partial void LogTrouble(string key);

    [LoggerMessage(LogLevel.Information, "No longer in trouble: {Key}")]
    private partial void LogOver(string key);
}
