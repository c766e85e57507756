using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using ThreatWatch.Console.Alerts;
using ThreatWatch.Console.Page;
using ThreatWatch.Core;
using ThreatWatch.Platform.Hosting;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Console.Reviews;

/// <summary>
/// Second readings: closed alerts that wait for one, and each without what the first reader made of it, since a judgement that is known is
/// no second one. How far readers agree stands in the monthly report.
/// </summary>
internal sealed class ReviewPages(
    AlertStore alerts, PostStore posts, AssessmentStore assessments, SecondReadingStore readings, Database database, Settings settings, TimeProvider time)
{
    private const int Most = 100;
    private const int MostPosts = 5;

    public static void Map(IEndpointRouteBuilder pages)
    {
        pages.MapGet("/reviews", (HttpContext http, ReviewPages self, CancellationToken cancellationToken) => self.ListAsync(Viewer(http), cancellationToken));
        pages.MapGet("/reviews/{id}", (string id, HttpContext http, ReviewPages self, CancellationToken cancellationToken) => self.ShowAsync(id, Viewer(http), cancellationToken));
        pages.MapPost("/reviews/{id}", async (string id, HttpContext http, ReviewPages self, CancellationToken cancellationToken) =>
            await self.TakeAsync(id, Viewer(http), await http.Request.ReadFormAsync(cancellationToken), cancellationToken));
    }

    public async Task<IResult> ListAsync(string viewer, CancellationToken cancellationToken)
    {
        var district = settings.Get<District>();
        var waiting = await readings.WaitingAsync(viewer, Most, cancellationToken);
        var found = (await alerts.FindAsync(waiting, cancellationToken)).ToDictionary(alert => alert.Id);
        var body = new StringBuilder("<h1>Closed alerts that wait for a second reader</h1>")
            .Append("<p class=\"quiet\">You see the post as the first reader saw it, not what they made of it. Those that you closed yourself are left out.</p>");
        if (waiting.Count == 0)
            body.Append("<p class=\"empty\">None waits for you.</p>");
        foreach (var alert in waiting.Where(found.ContainsKey).Select(id => found[id]))
        {
            body.Append(CultureInfo.InvariantCulture, $"<a class=\"alert\" href=\"/reviews/{Layout.Encode(alert.Id)}\">{Layout.Level(alert)} <span class=\"school\">{Layout.Encode(district.SchoolName(alert.SchoolId))}</span> {Layout.Kind(alert.Category)}<br>")
                .Append(CultureInfo.InvariantCulture, $"<span class=\"quiet\">{Layout.Time(alert.OpenedAt, district)} &middot; {Layout.Encode(alert.Id)}</span></a>");
        }

        return Layout.Render("Second readings", body.ToString());
    }

    public async Task<IResult> ShowAsync(string id, string viewer, CancellationToken cancellationToken)
    {
        if (await alerts.FindAsync(id, cancellationToken) is not { } alert)
            return Layout.Render("Unknown", "<h1>There is no such alert.</h1>", StatusCodes.Status404NotFound);
        var district = settings.Get<District>();
        await using (var work = await database.BeginAsync(cancellationToken))
        {
            await AuditLog.AddAsync(work, time.GetUtcNow(), viewer, "alert.viewed", id, "console, for a second reading", cancellationToken);
            await work.CommitAsync(cancellationToken);
        }

        var ids = await alerts.PostsAsync(id, MostPosts, cancellationToken);
        var judged = await assessments.LatestAsync(ids, cancellationToken);
        var body = new StringBuilder()
            .Append(CultureInfo.InvariantCulture, $"<h1>{Layout.Level(alert)} {Layout.Encode(district.SchoolName(alert.SchoolId))}: {Layout.Kind(alert.Category)}</h1>")
            .Append("<p>A second reading: what do you make of it?</p>");
        foreach (var post in (await posts.FindAsync(ids, cancellationToken)).OrderBy(post => post.IngestedAt))
            AlertPage.Show(body, post, judged.GetValueOrDefault(post.Id), null, district);
        body.Append("<ul>").AppendJoin("", AssessmentHelp.Questions(alert.Category).Select(question => $"<li>{Layout.Encode(question)}</li>")).Append("</ul>")
            .Append(CultureInfo.InvariantCulture, $"<form method=\"post\" action=\"/reviews/{Layout.Encode(alert.Id)}\">{AlertPage.DispositionChoice} <input name=\"note\" maxlength=\"500\" placeholder=\"note (optional)\"> <button class=\"main\">Record my reading</button></form>");
        return Layout.Render("Second reading", body.ToString());
    }

    public async Task<IResult> TakeAsync(string id, string viewer, IFormCollection form, CancellationToken cancellationToken)
    {
        if (!Enum.TryParse<Disposition>(form["disposition"], out var disposition) || !Enum.IsDefined(disposition))
            return Layout.Render("Not recorded", "<h1>Say what it was.</h1><p>Go back and choose one.</p>", StatusCodes.Status400BadRequest);
        var note = form["note"].ToString();
        var outcome = await readings.AddAsync(id, viewer, disposition, note.Length == 0 ? null : note[..Math.Min(500, note.Length)], cancellationToken);
        return outcome == ReadingOutcome.Recorded
            ? Results.Redirect($"/alerts/{Uri.EscapeDataString(id)}")
            : Layout.Render("Not recorded", $"<h1>Not recorded</h1><p>{outcome switch
            {
                ReadingOutcome.NoSuchAlert => "There is no such alert.",
                ReadingOutcome.NotClosed => "It is not closed yet; the first reader comes first.",
                ReadingOutcome.IsDrill => "It is a drill.",
                ReadingOutcome.SamePerson => "You closed it yourself; a second reader is somebody else.",
                _ => "It has a second reading already.",
            }}</p>", StatusCodes.Status409Conflict);
    }

    private static string Viewer(HttpContext http) => http.User.Identity!.Name!;
}
