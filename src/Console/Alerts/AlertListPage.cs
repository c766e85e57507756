using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using ThreatWatch.Console.Page;
using ThreatWatch.Console.Sources;
using ThreatWatch.Core;
using ThreatWatch.Platform.Hosting;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Console.Alerts;

/// <summary>The first page: what is open, most urgent first, readable on a phone in a second.</summary>
internal sealed class AlertListPage(AlertStore alerts, SourcesPage sources, Settings settings, TimeProvider time)
{
    public async Task<IResult> ShowAsync(string? show, CancellationToken cancellationToken)
    {
        var district = settings.Get<District>();
        var all = show == "all";
        var rows = await alerts.ListAsync(new AlertFilter { NotClosed = !all, Most = 200 }, cancellationToken);
        var ordered = all ? rows : rows.OrderBy(alert => alert.State).ThenByDescending(alert => alert.Level).ThenBy(alert => alert.OpenedAt).ToList();
        var body = new StringBuilder($"<h1>{(all ? "All alerts" : "Open alerts")}, {Layout.Encode(district.Name)}</h1>");
        if (ordered.Count == 0)
            body.Append(all ? "<p class=\"empty\">No alert has been raised.</p>" : "<p class=\"empty\">Nothing is open. New alerts appear here and go to the officer on duty at the same time.</p>");
        foreach (var alert in ordered)
        {
            body.Append(CultureInfo.InvariantCulture, $"<a class=\"alert\" href=\"/alerts/{Layout.Encode(alert.Id)}\">{Layout.Level(alert)} ")
                .Append(CultureInfo.InvariantCulture, $"<span class=\"school\">{Layout.Encode(district.SchoolName(alert.SchoolId))}</span> {Layout.Kind(alert.Category)}<br>")
                .Append(CultureInfo.InvariantCulture, $"<span class=\"quiet\">{Layout.Time(alert.OpenedAt, district)}, {Durations.ForPeople(time.GetUtcNow() - alert.OpenedAt)} ago &middot; ")
                .Append(CultureInfo.InvariantCulture, $"{alert.PostCount} {(alert.PostCount == 1 ? "post" : "posts")} &middot; {StateOf(alert, district)} &middot; {Layout.Encode(alert.Id)}</span></a>");
        }

        body.Append(await sources.NoticeAsync(cancellationToken));
        return Layout.Render("Alerts", body.ToString());
    }

    internal static string StateOf(Alert alert, District district) => alert.State switch
    {
        AlertState.Open => "<strong>nobody has it yet</strong>",
        AlertState.Acknowledged => $"{Layout.Encode(Name(alert.AcknowledgedBy, district))} has it",
        _ => $"closed{(alert.Disposition is { } disposition ? $" as {disposition}" : "")}",
    };

    internal static string Name(string? id, District district) => id is null ? "somebody" : district.FindOfficer(id)?.Name ?? id;
}
