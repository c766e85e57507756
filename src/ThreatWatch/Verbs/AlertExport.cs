using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using ThreatWatch.Core;
using ThreatWatch.Platform.Hosting;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Cli.Verbs;

/// <summary>One case as a file for the district's records: every fact about the alert with its instant, and the audit's rows. It holds the posts' words, so only its owner may read it.</summary>
internal static class AlertExport
{
    // An incident of more posts is told by its first ones; the count stands beside them.
    private const int MostPosts = 10_000;

    private static readonly JsonSerializerOptions Readable = new(Json.Options) { WriteIndented = true };

    private sealed record Case(
        DateTimeOffset ExportedAt,
        string ExportedBy,
        string District,
        string School,
        Alert Alert,
        string? ClosedBy,
        string? Note,
        SecondReading? SecondReading,
        IReadOnlyList<Post> Posts,
        IReadOnlyList<Assessment> Assessments,
        IReadOnlyList<Notification> Notifications,
        IReadOnlyList<NotificationAttempt> Attempts,
        IReadOnlyList<Share> Shares,
        IReadOnlyList<AuditRow> Audit);

    /// <returns>0 written; 1 no such alert, or the file can't be written.</returns>
    internal static async Task<int> RunAsync(
        IServiceProvider services, string id, string file, string by, (TextWriter Data, TextWriter Problems) output, CancellationToken cancellationToken)
    {
        if (await services.GetRequiredService<AlertStore>().FindAsync(id, cancellationToken) is not { } alert)
        {
            await output.Problems.WriteLineAsync($"{id}: there is no such alert");
            return 1;
        }

        try
        {
            await using var stream = new FileStream(file, CreateNew());
            await using (var work = await services.Database().BeginAsync(cancellationToken))
            {
                await AuditLog.AddAsync(work, services.GetRequiredService<TimeProvider>().GetUtcNow(), by, "alert.exported", id, "cli", cancellationToken);
                await work.CommitAsync(cancellationToken);
            }

            await JsonSerializer.SerializeAsync(stream, await CollectAsync(services, alert, by, cancellationToken), Readable, cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            await output.Problems.WriteLineAsync($"{file} can't be written: {exception.Message}");
            return 1;
        }

        await output.Data.WriteLineAsync($"{id}: written to {file}");
        return 0;
    }

    private static async Task<Case> CollectAsync(IServiceProvider services, Alert alert, string by, CancellationToken cancellationToken)
    {
        var district = services.GetRequiredService<Settings>().Get<District>();
        var ids = await services.GetRequiredService<AlertStore>().PostsAsync(alert.Id, MostPosts, cancellationToken);
        var posts = (await services.GetRequiredService<PostStore>().FindAsync(ids, cancellationToken)).ToDictionary(post => post.Id);
        var judged = await services.GetRequiredService<AssessmentStore>().LatestAsync(ids, cancellationToken);
        var closing = await services.Database().QueryAsync(
            "select closed_by, note from alerts where id = @id", reader => (By: reader.TextOrNull(0), Note: reader.TextOrNull(1)), cancellationToken, ("@id", alert.Id));
        return new Case(
            services.GetRequiredService<TimeProvider>().GetUtcNow(),
            by,
            district.Name,
            district.SchoolName(alert.SchoolId),
            alert,
            closing[0].By,
            closing[0].Note,
            await services.GetRequiredService<SecondReadingStore>().FindAsync(alert.Id, cancellationToken),
            [.. ids.Where(posts.ContainsKey).Select(id => posts[id])],
            [.. ids.Where(judged.ContainsKey).Select(id => judged[id])],
            await services.GetRequiredService<NotificationStore>().OfAlertsAsync([alert.Id], cancellationToken),
            await services.GetRequiredService<NotificationStore>().AttemptsAsync(alert.Id, cancellationToken),
            await services.GetRequiredService<SharingStore>().OfAlertAsync(alert.Id, cancellationToken),
            await services.GetRequiredService<AuditLog>().AboutAsync(alert.Id, cancellationToken));
    }

    private static FileStreamOptions CreateNew()
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Options = FileOptions.Asynchronous };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return options;
    }
}
