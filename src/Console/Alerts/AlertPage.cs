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
    AlertStore alerts, PostStore posts, PostLinkStore links, AssessmentStore assessments, NotificationStore notifications, Database database, Settings settings, TimeProvider time)
{
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
            .Append(CultureInfo.InvariantCulture, $"{alert.PostCount} {(alert.PostCount == 1 ? "post" : "posts")} by {alert.AuthorCount} {(alert.AuthorCount == 1 ? "author" : "authors")}. <span class=\"quiet\">{Layout.Encode(alert.Id)}</span></p>");
        Forms(body, alert);
        await PostsAsync(body, alert, district, cancellationToken);
        await TimelineAsync(body, alert, district, cancellationToken);
        body.Append(CultureInfo.InvariantCulture, $"<p><a href=\"/alerts/{Layout.Encode(alert.Id)}/case.pdf\">The whole case as PDF</a> <span class=\"quiet\">(recorded in the audit)</span></p>");
        return Layout.Render(district.SchoolName(alert.SchoolId), body.ToString());
    }

    private static void Forms(StringBuilder body, Alert alert)
    {
        var path = $"/alerts/{Layout.Encode(alert.Id)}";
        if (alert.State == AlertState.Open)
            body.Append(CultureInfo.InvariantCulture, $"<form method=\"post\" action=\"{path}/acknowledge\"><button class=\"main\">I have it</button></form>");
        if (alert.State == AlertState.Closed)
            return;
        body.Append(CultureInfo.InvariantCulture, $"<form method=\"post\" action=\"{path}/close\"><select name=\"disposition\" aria-label=\"What it was\" required><option value=\"\">It was...</option>");
        foreach (var (value, text) in new[]
        {
            (Disposition.NotAThreat, "not a threat (false alarm)"), (Disposition.Transient, "transient: anger or jest, resolved"),
            (Disposition.Substantive, "substantive: a lasting intent to harm"), (Disposition.Referral, "referred to a counsellor"), (Disposition.Drill, "a drill"),
        })
            body.Append(CultureInfo.InvariantCulture, $"<option value=\"{value}\">{text}</option>");
        body.Append("</select> <input name=\"note\" maxlength=\"500\" placeholder=\"note (optional)\"> <button>Close</button></form>");
    }

    private async Task PostsAsync(StringBuilder body, Alert alert, District district, CancellationToken cancellationToken)
    {
        var ids = await alerts.PostsAsync(alert.Id, MostPosts, cancellationToken);
        var gone = await links.GoneAsync(ids, cancellationToken);
        foreach (var post in (await posts.FindAsync(ids, cancellationToken)).OrderBy(post => post.IngestedAt))
        {
            var assessment = await assessments.FindAsync(post.Id, cancellationToken);
            body.Append(CultureInfo.InvariantCulture, $"<h2>{Layout.Encode(post.Author ?? "unknown author")}, {Layout.Time(post.PublishedAt, district)} <span class=\"quiet\">from {Layout.Encode(post.SourceId)}</span></h2>");
            body.Append(post.Text is null
                ? "<p class=\"notice\">Its author has taken this post back; the text is gone everywhere.</p>"
                : $"<blockquote>{Highlight(post.FullText, assessment?.Reasons ?? [])}</blockquote>");
            if (Uri.TryCreate(post.Url, UriKind.Absolute, out var url) && url.Scheme is "http" or "https")
                body.Append(CultureInfo.InvariantCulture, $"<p><a href=\"{Layout.Encode(post.Url)}\" rel=\"noreferrer noopener\">{Layout.Encode(post.Url)}</a></p>");
            if (post.Text is not null && gone.TryGetValue(post.Id, out var since))
                body.Append(CultureInfo.InvariantCulture, $"<p class=\"notice\">Gone from its address since {Layout.Time(since, district)}: deleted, moved or hidden. The alert stands.</p>");
            if (assessment is not null)
                body.Append("<ul>").AppendJoin("", assessment.Reasons.Take(8).Select(Describe)).Append("</ul>");
        }

        if (alert.PostCount > MostPosts)
            body.Append(CultureInfo.InvariantCulture, $"<p class=\"quiet\">and {alert.PostCount - MostPosts} more posts of the same text</p>");
    }

    private async Task TimelineAsync(StringBuilder body, Alert alert, District district, CancellationToken cancellationToken)
    {
        var rows = await notifications.OfAlertsAsync([alert.Id], cancellationToken);
        body.Append("<h2>Who was told</h2><table><tr><th>who</th><th>how</th><th>why</th><th>state</th><th>when</th></tr>");
        foreach (var row in rows.OrderBy(row => row.DueAt))
        {
            body.Append(CultureInfo.InvariantCulture, $"<tr><td>{Layout.Encode(AlertListPage.Name(row.OfficerId, district))}</td><td>{row.Channel}</td><td>{row.Reason}</td>")
                .Append(CultureInfo.InvariantCulture, $"<td>{row.State}{(row.Error is null ? "" : $" <span class=\"quiet\">{Layout.Encode(row.Error)}</span>")}</td>")
                .Append(CultureInfo.InvariantCulture, $"<td>{Layout.Time(row.DeliveredAt ?? row.SentAt ?? row.DueAt, district)}</td></tr>");
        }

        body.Append("</table>");
    }

    private static string Describe(Reason reason) => reason.Kind switch
    {
        ReasonKind.Word => $"<li>wording: &ldquo;{Layout.Encode(reason.Text)}&rdquo;</li>",
        ReasonKind.Element => $"<li>{Layout.Encode(reason.Text)}</li>",
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
