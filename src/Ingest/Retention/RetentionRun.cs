using ThreatWatch.Core;
using ThreatWatch.Ingest.Sources;
using ThreatWatch.Platform.Hosting;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Ingest.Retention;

/// <summary>
/// Deletes the texts whose days are over, source by source; the verb <c>retention run</c> and the worker share it. Each transaction
/// leaves its own certificate, so that a run which is broken off has proof of what it did.
/// </summary>
public sealed class RetentionRun(Database database, RetentionStore store, Settings settings, TimeProvider time)
{
    private const int PostsInATransaction = 1000;

    /// <summary>Posts of sources that are no longer configured, and drills, keep their texts for the default.</summary>
    public static int DaysOf(IReadOnlyList<SourceOptions> sources, string sourceId) =>
        (sources.FirstOrDefault(source => source.Id == sourceId) ?? new SourceOptions()).RetentionDays;

    /// <param name="isDryRun">True to only say what would be deleted.</param>
    /// <returns>The number of texts by source; sources without any are missing.</returns>
    public async Task<IReadOnlyList<(string SourceId, int Days, long Texts)>> RunAsync(bool isDryRun, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var result = new List<(string, int, long)>();
        foreach (var source in await store.SourcesAsync(cancellationToken))
        {
            var days = DaysOf(settings.Get<IReadOnlyList<SourceOptions>>(), source);
            var before = now - TimeSpan.FromDays(days);
            var texts = isDryRun
                ? await store.CountDueAsync(source, before, now, cancellationToken)
                : await DeleteAsync(source, days, before, now, cancellationToken);
            if (texts > 0)
                result.Add((source, days, texts));
        }

        return result;
    }

    /// <summary>The verb: a line for each source.</summary>
    public async Task<int> RunVerbAsync(bool isDryRun, TextWriter output, CancellationToken cancellationToken)
    {
        var result = await RunAsync(isDryRun, cancellationToken);
        foreach (var (source, days, texts) in result)
            await output.WriteLineAsync($"{source}: {texts} text(s) older than {days} day(s) {(isDryRun ? "would be deleted" : "deleted")}");
        var (held, now) = (0L, time.GetUtcNow());
        foreach (var source in await store.SourcesAsync(cancellationToken))
            held += await store.CountHeldAsync(source, now - TimeSpan.FromDays(DaysOf(settings.Get<IReadOnlyList<SourceOptions>>(), source)), now, cancellationToken);
        if (held > 0)
            await output.WriteLineAsync($"{held} text(s) past their days are kept by a legal hold: threatwatch hold list");
        if (result.Count == 0)
            await output.WriteLineAsync("Nothing is due: every text is within its days, in an alert or on legal hold.");
        return 0;
    }

    private async Task<long> DeleteAsync(string source, int days, DateTimeOffset before, DateTimeOffset now, CancellationToken cancellationToken)
    {
        long texts = 0;
        while (true)
        {
            await using var work = await database.BeginAsync(cancellationToken);
            var deleted = await RetentionStore.DeleteAsync(work, source, before, now, PostsInATransaction, cancellationToken);
            if (deleted.Count == 0)
                return texts;
            var certificate = new RetentionCertificate(
                Ids.New(now), source, days, deleted.Count, deleted[0].IngestedAt, deleted[^1].IngestedAt, Ids.Hash(string.Join('\n', deleted.Select(row => row.Id))), now);
            await RetentionStore.AddCertificateAsync(work, certificate, cancellationToken);
            await AuditLog.AddAsync(
                work, now, "retention", "texts.deleted", source, $"{deleted.Count} texts, certificate {certificate.Id}, digest {certificate.Digest}", cancellationToken);
            await work.CommitAsync(cancellationToken);
            texts += deleted.Count;
        }
    }
}
