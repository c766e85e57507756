using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using ThreatWatch.Alerting.Notifying;
using ThreatWatch.Core;
using ThreatWatch.Platform.Hosting;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Alerting.Acknowledging;

/// <summary>
/// What a link in a message opens: a page with one button. Mail scanners and previews follow links, so that looking changes nothing
/// and only the button acknowledges. The page shows no word of the post: links get passed on.
/// </summary>
public sealed partial class AcknowledgePages(AcknowledgeLinks links, AlertStore alerts, AlertActions actions, Settings settings, ILogger<AcknowledgePages> logger)
{
    private const string Policy = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/a/{token}", (string token, AcknowledgePages pages, HttpContext context) => pages.ShowAsync(token, context));
        routes.MapPost("/a/{token}", (string token, AcknowledgePages pages, HttpContext context) => pages.AcknowledgeAsync(token, context)).DisableAntiforgery();
    }

    private async Task<IResult> ShowAsync(string token, HttpContext context)
    {
        if (Refusal(token, out var claim) is { } refusal)
            return Page(context, refusal.Title, refusal.Text, refusal.Status);
        var alert = await alerts.FindAsync(claim!.AlertId, context.RequestAborted);
        return alert switch
        {
            null => Page(context, "No such alert", "It may have been deleted by the district's retention.", StatusCodes.Status404NotFound),
            { State: AlertState.Open } => Page(context, Title(alert), Summary(alert), StatusCodes.Status200OK, "I have it"),
            _ => Page(context, Title(alert), Holder(alert, claim.OfficerId), StatusCodes.Status200OK),
        };
    }

    private async Task<IResult> AcknowledgeAsync(string token, HttpContext context)
    {
        if (Refusal(token, out var claim) is { } refusal)
            return Page(context, refusal.Title, refusal.Text, refusal.Status);
        var outcome = await actions.AcknowledgeAsync(claim!.AlertId, claim.OfficerId, "link", context.RequestAborted);
        if (outcome.Alert is not { } alert)
            return Page(context, "No such alert", "It may have been deleted by the district's retention.", StatusCodes.Status404NotFound);
        if (outcome.Won)
            LogAcknowledged(alert.Id, claim.OfficerId);
        return Page(context, Title(alert), Holder(alert, claim.OfficerId), StatusCodes.Status200OK);
    }

    private (string Title, string Text, int Status)? Refusal(string token, out AcknowledgeClaim? claim)
    {
        claim = links.Read(token);
        if (claim is null)
            return ("This link does not work", "It is damaged or not ours. Open the message again, or acknowledge in the console.", StatusCodes.Status404NotFound);
        if (claim.IsExpired)
            return ("This link has expired", "Acknowledge in the console, or by the link in a newer message.", StatusCodes.Status410Gone);
        return null;
    }

    private string Title(Alert alert) =>
        $"{(alert.IsDrill ? "DRILL - " : "")}{Headline.Level(alert.Level)} {Headline.Kind(alert.Category)} - {settings.Get<District>().SchoolName(alert.SchoolId)}";

    private static string Summary(Alert alert) => $"Alert {alert.Id}, {Headline.Counts(alert)}. Nobody has it yet.";

    private string Holder(Alert alert, string officerId)
    {
        var district = settings.Get<District>();
        var zone = TimeZoneInfo.TryFindSystemTimeZoneById(district.TimeZone, out var found) ? found : TimeZoneInfo.Utc;
        var since = alert.AcknowledgedAt is { } at ? $" since {Headline.At(at, zone)}" : "";
        var closed = alert.State == AlertState.Closed ? " The alert is closed." : "";
        if (alert.AcknowledgedBy == officerId)
            return $"Alert {alert.Id}: you have it{since}. Those who were told are told so, and nobody else is called.{closed}";
        var name = alert.AcknowledgedBy is { } by ? district.FindOfficer(by)?.Name ?? by : "Somebody";
        return $"Alert {alert.Id}: {name} has it{since}.{closed}";
    }

    private static IResult Page(HttpContext context, string title, string text, int status, string? button = null)
    {
        var headers = context.Response.Headers;
        headers.CacheControl = "no-store";
        headers.ContentSecurityPolicy = Policy;
        headers["Referrer-Policy"] = "no-referrer";
        headers["X-Robots-Tag"] = "noindex";
        var form = button is null ? "" : string.Create(
            CultureInfo.InvariantCulture,
            $"<form method=\"post\"><button style=\"width:100%;padding:18px;font:bold 20px sans-serif;color:#fff;background:#0b6b3a;border:0;border-radius:8px\">{button}</button></form>");
        return Results.Content(
            "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">"
            + $"<title>{WebUtility.HtmlEncode(title)}</title><body style=\"font:18px/1.5 system-ui,sans-serif;max-width:32em;margin:2em auto;padding:0 1em\">"
            + $"<main><h1 style=\"font-size:24px\">{WebUtility.HtmlEncode(title)}</h1><p>{WebUtility.HtmlEncode(text)}</p>{form}</main></body></html>",
            "text/html; charset=utf-8",
            statusCode: status);
    }

    [LoggerMessage(LogLevel.Information, "Alert {AlertId}: {OfficerId} has it (by link)")]
    private partial void LogAcknowledged(string alertId, string officerId);
}
