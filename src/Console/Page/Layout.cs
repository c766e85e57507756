using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Http;
using ThreatWatch.Core;

namespace ThreatWatch.Console.Page;

/// <summary>The frame of every page and the few pieces that pages share. Everything that is not ours goes through <see cref="Encode"/>.</summary>
internal static class Layout
{
    public static string Encode(string? text) => HtmlEncoder.Default.Encode(text ?? "");

    public static IResult Render(string title, string body, int status = 200)
    {
        var page = new StringBuilder()
            .Append("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">")
            .Append("<title>").Append(Encode(title)).Append(" - ThreatWatch</title><link rel=\"stylesheet\" href=\"/console.css\"></head><body>")
            .Append("<header><a href=\"/\">ThreatWatch</a><nav><a href=\"/?show=all\">All alerts</a><a href=\"/reviews\">Reviews</a><a href=\"/sources\">Sources</a><a href=\"/about\">About</a></nav></header><main>")
            .Append(body)
            .Append("</main></body></html>");
        return Results.Content(page.ToString(), "text/html; charset=utf-8", statusCode: status);
    }

    /// <summary>"Tue 24 Nov, 07:40" in the district's time zone, with the full instant for machines and a hover.</summary>
    public static string Time(DateTimeOffset at, District district)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(district.TimeZone);
        var local = TimeZoneInfo.ConvertTime(at, zone);
        return string.Create(CultureInfo.InvariantCulture, $"<time datetime=\"{at.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}\" title=\"{local:yyyy-MM-dd HH:mm:ss zzz}\">{local:ddd d MMM, HH:mm}</time>");
    }

    /// <summary>"07:40:05" in the district's time zone; the day stands in the hover.</summary>
    public static string Clock(DateTimeOffset at, District district)
    {
        var local = TimeZoneInfo.ConvertTime(at, TimeZoneInfo.FindSystemTimeZoneById(district.TimeZone));
        return string.Create(CultureInfo.InvariantCulture, $"<time datetime=\"{at.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}\" title=\"{local:yyyy-MM-dd HH:mm:ss zzz}\">{local:HH:mm:ss}</time>");
    }

    public static string Level(Alert alert) =>
        (alert.IsDrill ? "<span class=\"badge drill\">DRILL</span> " : "")
        + $"<span class=\"badge {alert.Level.ToString().ToLowerInvariant()}\">{alert.Level}</span>";

    public static string Kind(Category category) => category == Category.SelfHarm ? "Self-harm" : "Threat";
}
