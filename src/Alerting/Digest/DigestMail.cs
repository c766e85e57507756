using System.Globalization;
using System.Net;
using System.Text;
using ThreatWatch.Alerting.Notifying;
using ThreatWatch.Core;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Alerting.Digest;

/// <summary>The words of a digest: a line a post, grouped by school, with the address and no word of the post.</summary>
internal static class DigestMail
{
    private const int MostLines = 100;

    public static (string Subject, string Text, string Html) Write(District district, TimeZoneInfo zone, DateOnly day, IReadOnlyList<DigestItem> items)
    {
        var subject = string.Create(CultureInfo.InvariantCulture, $"Daily digest - {district.Name}: {items.Count} post{(items.Count == 1 ? "" : "s")} judged Elevated, {day:d MMM yyyy}");
        const string Intro = "None of these reached the threshold of an alert. Look them over when it suits.";
        var text = new StringBuilder(subject).Append("\n\n").Append(Intro).Append('\n');
        var html = new StringBuilder("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"></head>")
            .Append("<body style=\"font:16px/1.45 sans-serif;max-width:600px;margin:0 auto;padding:16px\"><p>").Append(Intro).Append("</p>");
        foreach (var school in items.Take(MostLines).GroupBy(item => item.SchoolIds.Count > 0 ? item.SchoolIds[0] : District.DeskSchoolId).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            var name = district.SchoolName(school.Key);
            text.Append('\n').Append(name).Append('\n');
            html.Append("<h2 style=\"font-size:17px\">").Append(WebUtility.HtmlEncode(name)).Append("</h2><ul>");
            foreach (var item in school)
            {
                var line = string.Create(CultureInfo.InvariantCulture, $"{Headline.At(item.AssessedAt, zone)}, {Headline.Kind(item.Category)} {item.Score:0.00}, source {item.SourceId}");
                var url = Uri.TryCreate(item.Url, UriKind.Absolute, out var parsed) && parsed.Scheme is ("http" or "https") ? parsed.AbsoluteUri : null;
                text.Append("- ").Append(line).Append(url is null ? "" : $"\n  {url}").Append('\n');
                html.Append("<li>").Append(WebUtility.HtmlEncode(line));
                if (url is not null)
                    html.Append("<br><a rel=\"noreferrer\" href=\"").Append(WebUtility.HtmlEncode(url)).Append("\">").Append(WebUtility.HtmlEncode(url)).Append("</a>");
                html.Append("</li>");
            }

            html.Append("</ul>");
        }

        if (items.Count > MostLines)
        {
            var more = string.Create(CultureInfo.InvariantCulture, $"And {items.Count - MostLines} more in the console.");
            text.Append('\n').Append(more).Append('\n');
            html.Append("<p>").Append(more).Append("</p>");
        }

        return (subject, text.ToString(), html.Append("</body></html>").ToString());
    }
}
