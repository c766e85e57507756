using System.Globalization;
using System.Text;
using ThreatWatch.Console.Page;
using ThreatWatch.Core;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Console.Alerts;

/// <summary>What people made of an alert, and what of it was given to partners, with the form that records the next.</summary>
internal static class OutcomePart
{
    public static void Write(StringBuilder body, Alert alert, (string? By, string? Note) closing, SecondReading? reading, IReadOnlyList<Share> shares, District district)
    {
        if (alert.ClosedAt is { } closed)
        {
            body.Append("<h2>What people made of it</h2><table>");
            Row(closed, closing.By, $"{alert.Disposition}", closing.Note);
            if (reading is not null)
                Row(reading.ReadAt, reading.ReadBy, $"{reading.Disposition} <span class=\"quiet\">second reader</span>", reading.Note);
            body.Append("</table>");
            if (reading is null && !alert.IsDrill)
                body.Append("<p class=\"quiet\">It waits for <a href=\"/reviews\">a second reader</a>, who should not look here first.</p>");
        }

        body.Append("<h2>Given to partners</h2>");
        if (shares.Count > 0)
            body.Append("<table>");
        foreach (var share in shares)
            Row(share.SharedAt, share.SharedBy, $"{Layout.Encode(string.Join(", ", share.Fields))} to {Layout.Encode(share.Partner)}", share.Basis);
        body.Append(shares.Count > 0 ? "</table>" : "<p class=\"quiet\">Nothing is recorded.</p>");
        Form(body, alert);

        void Row(DateTimeOffset at, string? by, string what, string? more) => body.Append(
            CultureInfo.InvariantCulture,
            $"<tr><td>{Layout.Time(at, district)}<br><span class=\"quiet\">{Layout.Encode(AlertListPage.Name(by, district))}</span></td><td>{what}{(more is null ? "" : $"<br><span class=\"quiet\">{Layout.Encode(more)}</span>")}</td></tr>");
    }

    private static void Form(StringBuilder body, Alert alert)
    {
        body.Append(CultureInfo.InvariantCulture, $"<details><summary>Record what you gave to a partner</summary><form method=\"post\" action=\"/alerts/{Layout.Encode(alert.Id)}/share\">")
            .Append("<p><input name=\"partner\" required maxlength=\"200\" placeholder=\"an office, such as county sheriff\"> ")
            .Append("<input name=\"basis\" required maxlength=\"500\" placeholder=\"the law, agreement or consent\"></p><p>");
        foreach (var field in SharingStore.Fields)
            body.Append(CultureInfo.InvariantCulture, $"<label class=\"choice\"><input type=\"checkbox\" name=\"fields\" value=\"{field}\"> {field}</label> ");
        body.Append("</p><p class=\"quiet\">This records; it sends nothing.</p><button>Record</button></form></details>");
    }
}
