using ThreatWatch.Core;
using ThreatWatch.Platform.Hosting;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Console.Cases;

/// <summary>Gathers one case from the tables; that somebody took it out of the house is a row of the audit, and stands in the file itself.</summary>
public sealed class CaseFiles(
    Database database,
    Settings settings,
    AlertStore alerts,
    PostStore posts,
    PostLinkStore links,
    AssessmentStore assessments,
    NotificationStore notifications,
    SecondReadingStore readings,
    SharingStore shares,
    AuditLog audit,
    TimeProvider time)
{
    // An incident of more posts is told by its first ones; the count stands beside them.
    private const int MostPosts = 10_000;

    /// <summary>Null where there is no such alert.</summary>
    /// <param name="via">"cli" or "console", for the audit.</param>
    /// <param name="withWords">False leaves out whatever is the posts' own: see <see cref="CaseFile.WithoutWords"/>.</param>
    public async Task<CaseFile?> TakeAsync(string id, string by, string via, bool withWords, CancellationToken cancellationToken)
    {
        if (await alerts.FindAsync(id, cancellationToken) is not { } alert)
            return null;
        await using (var work = await database.BeginAsync(cancellationToken))
        {
            await AuditLog.AddAsync(work, time.GetUtcNow(), by, "alert.exported", id, withWords ? via : $"{via}, without the posts' words", cancellationToken);
            await work.CommitAsync(cancellationToken);
        }

        var whole = await GatherAsync(alert, by, cancellationToken);
        return withWords ? whole : whole.WithoutWords();
    }

    private async Task<CaseFile> GatherAsync(Alert alert, string by, CancellationToken cancellationToken)
    {
        var district = settings.Get<District>();
        var ids = await alerts.PostsAsync(alert.Id, MostPosts, cancellationToken);
        var found = (await posts.FindAsync(ids, cancellationToken)).ToDictionary(post => post.Id);
        var judged = await assessments.LatestAsync(ids, cancellationToken);
        var closing = await alerts.ClosingAsync(alert.Id, cancellationToken);
        return new CaseFile(
            time.GetUtcNow(),
            by,
            district.Name,
            district.SchoolName(alert.SchoolId),
            alert,
            closing.By,
            closing.Note,
            await readings.FindAsync(alert.Id, cancellationToken),
            [.. ids.Where(found.ContainsKey).Select(post => found[post])],
            await links.GoneAsync(ids, cancellationToken),
            [.. ids.Where(judged.ContainsKey).Select(post => judged[post])],
            await notifications.OfAlertsAsync([alert.Id], cancellationToken),
            await notifications.AttemptsAsync(alert.Id, cancellationToken),
            await shares.OfAlertAsync(alert.Id, cancellationToken),
            await audit.AboutAsync(alert.Id, cancellationToken));
    }
}
