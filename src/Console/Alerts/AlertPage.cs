using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using ThreatWatch.Console.Page;
using ThreatWatch.Core;
using ThreatWatch.Platform.Hosting;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Console.Alerts;

/// <summary>One alert: the words, why they alarmed, who was told and what to do next. Each view is a row of the audit.</summary>
internal sealed class AlertPage(
    AlertStore alerts,
    PostStore posts,
    PostLinkStore links,
    AssessmentStore assessments,
    NotificationStore notifications,
    SecondReadingStore readings,
    SharingStore shares,
    ResponseText response,
    Database database,
    Settings settings,
    TimeProvider time)
{
    /// <summary>The choice of what an alert was.</summary>
    public const string DispositionChoice =
        "<select name=\"disposition\" aria-label=\"What it was\" required><option value=\"\">It was...</option><option value=\"NotAThreat\">not a threat (false alarm)</option>"
        + "<option value=\"Transient\">transient: anger or jest, resolved</option><option value=\"Substantive\">substantive: a lasting intent to harm</option>"
        + "<option value=\"Referral\">referred to a counsellor</option><option value=\"Drill\">a drill</option></select>";

    private const int MostPosts = 20;

    public async Task<IResult> ShowAsync(string id, string viewer, CancellationToken cancellationToken)
    {
        if (await alerts.FindAsync(id, cancellationToken) is not { } alert)
            return Layout.Render("Unknown", "<h1>There is no such alert.</h1>", StatusCodes.Status404NotFound);
        var district = settings.Get<District>();
        await using (var work = await database.BeginAsync(cancellationToken))
        {
            await AuditLog.AddAsync(work, time.GetUtcNow(), viewer, "alert.viewed", id, "console", cancellationToken);
            await work.CommitAsync(cancellationToken);
        }

        var body = new StringBuilder()
            .Append(CultureInfo.InvariantCulture, $"<h1>{Layout.Level(alert)} {Layout.Encode(district.SchoolName(alert.SchoolId))}: {Layout.Kind(alert.Category)}</h1>")
            .Append(CultureInfo.InvariantCulture, $"<p>{AlertListPage.StateOf(alert, district)}. Opened {Layout.Time(alert.OpenedAt, district)}; ")
            .Append(CultureInfo.InvariantCulture, $"{alert.PostCount} {(alert.PostCount == 1 ? "post" : "posts")} by {alert.AuthorCount} {(alert.AuthorCount == 1 ? "author" : "authors")} in {alert.SourceCount} {(alert.SourceCount == 1 ? "source" : "sources")}. <span class=\"quiet\">{Layout.Encode(alert.Id)}</span></p>");
        Forms(body, alert);
        // The words first, then what to do with them; an incident of many posts is read on below.
        var all = await PostsAsync(alert, cancellationToken);
        var gone = await links.GoneAsync([.. all.Select(pair => pair.Post.Id)], cancellationToken);
        foreach (var (post, judged) in all.Take(1))
            Show(body, post, judged, GoneSince(post), district);
        AssessmentPart.Write(body, alert, [.. all.SelectMany(pair => pair.Judged?.Reasons ?? [])], response);
        ToldPart.Write(body, alert, await notifications.OfAlertsAsync([alert.Id], cancellationToken), district);
        OutcomePart.Write(
            body,
            alert,
            await alerts.ClosingAsync(alert.Id, cancellationToken),
            await readings.FindAsync(alert.Id, cancellationToken),
            await shares.OfAlertAsync(alert.Id, cancellationToken),
            district);
        foreach (var (post, judged) in all.Skip(1))
            Show(body, post, judged, GoneSince(post), district);
        if (alert.PostCount > all.Count)
            body.Append(CultureInfo.InvariantCulture, $"<p class=\"quiet\">and {alert.PostCount - all.Count} more posts of the same text</p>");
        body.Append(CultureInfo.InvariantCulture, $"<p><a href=\"/alerts/{Layout.Encode(alert.Id)}/case.pdf\">The whole case as PDF</a> <span class=\"quiet\">(recorded in the audit)</span></p>");
        return Layout.Render(district.SchoolName(alert.SchoolId), body.ToString());

        DateTimeOffset? GoneSince(Post post) => gone.TryGetValue(post.Id, out var since) ? since : null;
    }

    private static void Forms(StringBuilder body, Alert alert)
    {
        var path = $"/alerts/{Layout.Encode(alert.Id)}";
        if (alert.State == AlertState.Open)
            body.Append(CultureInfo.InvariantCulture, $"<form method=\"post\" action=\"{path}/acknowledge\"><button class=\"main\">I have it</button></form>");
        if (alert.State == AlertState.Closed)
            return;
        body.Append(CultureInfo.InvariantCulture, $"<form method=\"post\" action=\"{path}/close\">{DispositionChoice} <input name=\"note\" maxlength=\"500\" placeholder=\"note (optional)\"> <button>Close</button></form>");
    }

    private async Task<IReadOnlyList<(Post Post, Assessment? Judged)>> PostsAsync(Alert alert, CancellationToken cancellationToken)
    {
        var ids = await alerts.PostsAsync(alert.Id, MostPosts, cancellationToken);
        var judged = await assessments.LatestAsync(ids, cancellationToken);
        return [.. (await posts.FindAsync(ids, cancellationToken)).OrderBy(post => post.IngestedAt).Select(post => (post, judged.GetValueOrDefault(post.Id)))];
    }

    internal static void Show(StringBuilder body, Post post, Assessment? judged, DateTimeOffset? goneSince, District district)
    {
        body.Append(CultureInfo.InvariantCulture, $"<h2>{Layout.Encode(post.Author ?? "unknown author")}, {Layout.Time(post.PublishedAt, district)} <span class=\"quiet\">from {Layout.Encode(post.SourceId)}</span></h2>");
        body.Append(post.Text is null
            ? "<p class=\"notice\">Its author has taken this post back; the text is gone everywhere.</p>"
            : $"<blockquote dir=\"auto\">{Highlight(post.FullText, judged?.Reasons ?? [])}</blockquote>");
        if (Uri.TryCreate(post.Url, UriKind.Absolute, out var url) && url.Scheme is "http" or "https")
            body.Append(CultureInfo.InvariantCulture, $"<p class=\"address\"><a href=\"{Layout.Encode(post.Url)}\" rel=\"noreferrer noopener\">{Layout.Encode(post.Url)}</a></p>");
        if (post.Text is not null && goneSince is { } since)
            body.Append(CultureInfo.InvariantCulture, $"<p class=\"notice\">Gone from its address since {Layout.Time(since, district)}: deleted, moved or hidden. The alert stands.</p>");
        if (judged is not null)
            body.Append("<ul>").AppendJoin("", judged.Reasons.Where(reason => reason.Kind != ReasonKind.Element).Take(8).Select(Describe)).Append("</ul>");
    }

    private static string Describe(Reason reason) => reason.Kind switch
    {
        ReasonKind.Word => $"<li>wording: &ldquo;{Layout.Encode(reason.Text)}&rdquo;</li>",
        ReasonKind.Rule => $"<li>keyword rule: {Layout.Encode(reason.Text)}</li>",
        _ => $"<li>{Layout.Encode(reason.Text)}</li>",
    };

    /// <summary>The text with the places of its reasons marked; places that overlap are marked once.</summary>
    internal static string Highlight(string text, IReadOnlyList<Reason> reasons)
    {
        var html = new StringBuilder();
        var position = 0;
        foreach (var reason in reasons.Where(reason => reason.Start >= 0 && reason.Length > 0 && reason.Start + reason.Length <= text.Length).OrderBy(reason => reason.Start))
        {
            var start = Math.Max(position, reason.Start);
            var end = reason.Start + reason.Length;
            if (end <= start)
                continue;
            html.Append(Layout.Encode(text[position..start])).Append("<mark>").Append(Layout.Encode(text[start..end])).Append("</mark>");
            position = end;
        }

        return html.Append(Layout.Encode(text[position..])).ToString();
    }
}
