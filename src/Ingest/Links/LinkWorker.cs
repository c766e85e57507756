using System.Globalization;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ThreatWatch.Ingest.Fetching;
using ThreatWatch.Ingest.Sources;
using ThreatWatch.Platform.Hosting;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Ingest.Links;

/// <summary>
/// Looks whether the posts of open alerts still stand where they were, before people are told again. What it finds is a row in the store,
/// so that a site that hangs delays no message.
/// </summary>
public sealed partial class LinkWorker(
    Settings settings, Database database, PostLinkStore links, LinkCheck check, TimeProvider time, ILogger<LinkWorker> logger) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Watched = TimeSpan.FromDays(14);
    private const int MostCandidates = 500;
    private const int MostAtOnce = 8;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        WorkerLoop.RunAsync(RunOnceAsync, Every, time, logger, stoppingToken);

    /// <summary>Looks at what is due.</summary>
    public async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (!settings.Get<FetchingOptions>().CheckAlertedPosts)
            return;
        var sources = settings.Get<IReadOnlyList<SourceOptions>>();
        var due = (await links.CandidatesAsync(now - Watched, now - LinkPace.Shortest, MostCandidates, cancellationToken))
            .Where(link => LinkPace.IsDue(link, now) && LinkPace.AddressOf(link, sources) is not null)
            .DistinctBy(link => link.PostId)
            .ToList();
        await Parallel.ForEachAsync(
            due,
            new ParallelOptions { MaxDegreeOfParallelism = MostAtOnce, CancellationToken = cancellationToken },
            async (link, token) => await LookAsync(link, LinkPace.AddressOf(link, sources)!.Value, token));
    }

    private async Task LookAsync(PostLink link, (Uri Url, bool AllowPrivateAddress) address, CancellationToken cancellationToken)
    {
        if (!await links.ClaimAsync(link, time.GetUtcNow(), cancellationToken))
            return;
        var state = await check.LookAsync(address.Url, address.AllowPrivateAddress, cancellationToken);
        var now = time.GetUtcNow();
        var after = LinkPace.After(link, state, now);
        if (after == link)
            return;
        await using var work = await database.BeginAsync(cancellationToken);
        await PostLinkStore.RecordAsync(work, after, cancellationToken);
        var isNewlyGone = link.GoneAt is null && after.GoneAt is not null;
        if (isNewlyGone || (link.GoneAt is not null && after.GoneAt is null))
        {
            var detail = isNewlyGone
                ? string.Create(CultureInfo.InvariantCulture, $"post {link.PostId}: nothing at its address since {after.MissingSinceAt:u}, seen {after.Misses} times")
                : $"post {link.PostId}: at its address again";
            await AuditLog.AddAsync(work, now, "threatwatch", isNewlyGone ? "post.gone" : "post.back", link.AlertId, detail, cancellationToken);
        }

        await work.CommitAsync(cancellationToken);
        if (isNewlyGone)
            LogGone(link.AlertId, link.PostId);
    }

    [LoggerMessage(LogLevel.Information, "Alert {AlertId}: post {PostId} is gone from its address; the alert stands")]
    private partial void LogGone(string alertId, string postId);
}
