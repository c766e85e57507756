using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using ThreatWatch.Core;
using ThreatWatch.Platform.Hosting;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Cli.Verbs;

/// <summary>The proof chain of one alert in print: every post, every attempt to tell somebody, every answer, with its instant.</summary>
internal static class AlertTimeline
{
    public static async Task<int> PrintAsync(IServiceProvider services, string id, string viewer, TextWriter output, CancellationToken cancellationToken)
    {
        if (await services.GetRequiredService<AlertStore>().FindAsync(id, cancellationToken) is not { } alert)
        {
            await System.Console.Error.WriteLineAsync($"{id}: there is no such alert");
            return 1;
        }

        var district = services.GetRequiredService<Settings>().Get<District>();
        await using (var work = await services.Database().BeginAsync(cancellationToken))
        {
            await AuditLog.AddAsync(work, services.GetRequiredService<TimeProvider>().GetUtcNow(), viewer, "alert.viewed", id, "cli", cancellationToken);
            await work.CommitAsync(cancellationToken);
        }

        output.WriteLine($"{alert.Id}  {(alert.IsDrill ? "DRILL " : "")}{alert.Level} {AlertsVerb.Name(alert.Category)}  {district.SchoolName(alert.SchoolId)}  {alert.State}"
            + (alert.Disposition is { } disposition ? $" as {disposition}" : ""));
        output.WriteLine($"{alert.PostCount} posts, {alert.AuthorCount} authors, {alert.SourceCount} sources");
        var lines = new List<(DateTimeOffset At, string Text)> { (alert.OpenedAt, "alert opened") };
        await PostsAsync(services, alert, lines, output, cancellationToken);
        foreach (var row in await services.GetRequiredService<NotificationStore>().OfAlertsAsync([id], cancellationToken))
        {
            var who = $"{row.Channel} to {row.OfficerId} ({row.Reason}, step {row.Step})";
            lines.Add((row.DueAt, $"{who}: due"));
            Add(lines, row.SendingAt, $"{who}: sending");
            Add(lines, row.SentAt, $"{who}: accepted by the provider{(row.ProviderId is null ? "" : $" as {row.ProviderId}")}");
            Add(lines, row.DeliveredAt, $"{who}: delivered");
            Add(lines, row.OpenedAt, $"{who}: opened");
            if (row.State is NotificationState.Failed or NotificationState.Cancelled)
                lines.Add((row.FailedAt ?? row.SendingAt ?? row.DueAt, $"{who}: {row.State.ToString().ToLowerInvariant()}{(row.Error is null ? "" : $", {row.Error}")}"));
        }

        Add(lines, alert.AcknowledgedAt, $"{alert.AcknowledgedBy} has it (via {alert.AcknowledgedVia})");
        Add(lines, alert.ClosedAt, "closed");
        if (await services.GetRequiredService<SecondReadingStore>().FindAsync(id, cancellationToken) is { } reading)
            lines.Add((reading.ReadAt, $"second reader {reading.ReadBy}: {reading.Disposition}"));
        foreach (var share in await services.GetRequiredService<SharingStore>().OfAlertAsync(id, cancellationToken))
            lines.Add((share.SharedAt, $"{share.SharedBy} shared {string.Join(", ", share.Fields)} with {share.Partner}: {share.Basis}"));
        output.WriteLine();
        foreach (var (at, text) in lines.OrderBy(line => line.At))
        {
            var sign = at >= alert.OpenedAt ? "+" : "-";
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{AlertsVerb.Local(at, district)}  {sign}{(at - alert.OpenedAt).Duration().TotalSeconds,8:0.000} s  {text}"));
        }

        return 0;
    }

    private static async Task PostsAsync(
        IServiceProvider services, Alert alert, List<(DateTimeOffset At, string Text)> lines, TextWriter output, CancellationToken cancellationToken)
    {
        var ids = await services.GetRequiredService<AlertStore>().PostsAsync(alert.Id, 20, cancellationToken);
        foreach (var (postId, since) in await services.GetRequiredService<PostLinkStore>().GoneAsync(ids, cancellationToken))
            lines.Add((since, $"post {postId} gone from its address"));
        foreach (var post in await services.GetRequiredService<PostStore>().FindAsync(ids, cancellationToken))
        {
            output.WriteLine();
            output.WriteLine($"  {post.Author ?? "unknown author"}: {(post.Text is null ? "(taken back by its author)" : post.FullText.ReplaceLineEndings(" "))}");
            output.WriteLine($"  {post.Url}");
            lines.Add((post.IngestedAt, $"post stored, from {post.SourceId}: {string.Join("; ", post.Schools.Select(match => match.Why).Distinct())}"));
            if (await services.GetRequiredService<AssessmentStore>().FindAsync(post.Id, cancellationToken) is not { } assessment)
                continue;
            lines.Add((assessment.AssessedAt, string.Create(
                CultureInfo.InvariantCulture,
                $"judged {assessment.Level}: threat {assessment.Threat:0.00}, self-harm {assessment.SelfHarm:0.00}, model {assessment.ModelVersion}")));
            foreach (var reason in assessment.Reasons.Take(6))
                output.WriteLine($"    {reason.Kind.ToString().ToLowerInvariant(),-8} {reason.Text.ReplaceLineEndings(" ")}");
        }
    }

    private static void Add(List<(DateTimeOffset At, string Text)> lines, DateTimeOffset? at, string text)
    {
        if (at is { } instant)
            lines.Add((instant, text));
    }
}
