using System.Globalization;
using System.Net;
using System.Text;
using ThreatWatch.Core;

namespace ThreatWatch.Alerting.Notifying.Email;

/// <summary>The HTML part: one column, large type, one button; no picture, no script, nothing fetched from anywhere.</summary>
internal static class MailHtml
{
    private const string Button =
        "display:block;padding:14px;border-radius:8px;background:#0b6b3a;color:#fff;font-weight:bold;text-align:center;text-decoration:none";

    public static string Write(OutgoingMessage message)
    {
        var (brief, alert) = (message.Brief, message.Brief.Alert);
        var html = new StringBuilder();
        html.Append(
            "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">"
            + "<meta name=\"color-scheme\" content=\"light dark\"></head>"
            + "<body style=\"margin:0;padding:16px;font:17px/1.45 -apple-system,Segoe UI,Roboto,Helvetica,Arial,sans-serif\">"
            + "<div style=\"max-width:600px;margin:0 auto\">");
        if (alert.IsDrill)
            html.Append("<p style=\"margin:0 0 12px;padding:10px;background:#0b5cad;color:#fff\"><b>DRILL</b>: the post is made up. Acknowledge as you would a real one.</p>");
        html.Append(CultureInfo.InvariantCulture, $"<h1 style=\"margin:0 0 4px;font-size:21px;line-height:1.25;color:{Color(message)}\">{E(Facts.Title(message))}</h1>");
        html.Append(CultureInfo.InvariantCulture, $"<p style=\"margin:0 0 16px;font-size:14px\">{E(Facts.Opened(brief))}</p>");
        if (Facts.Holder(message) is { } holder)
            html.Append(CultureInfo.InvariantCulture, $"<p><b>{E(holder)}</b></p>");
        if (message.AcknowledgeUrl is { } url)
        {
            html.Append(CultureInfo.InvariantCulture, $"<p style=\"margin:0 0 16px\"><a href=\"{E(url.AbsoluteUri)}\" style=\"{Button}\">I have it</a>");
            html.Append("<span style=\"font-size:14px\">Opens a page with one button. Everybody who was told then hears that you have it.</span></p>");
        }

        Heading("The post");
        if (brief.Post is { Text: not null } post)
        {
            html.Append(CultureInfo.InvariantCulture, $"<blockquote dir=\"auto\" style=\"margin:0 0 8px;padding:10px 14px;border-left:4px solid {Color(message)}\">{Marked(post, brief.Assessment)}</blockquote>");
            html.Append(CultureInfo.InvariantCulture, $"<p style=\"margin:0 0 4px;font-size:14px\">{E(Facts.Byline(brief, post))}</p>");
            if (Facts.SafeUrl(post) is { } address)
                html.Append(CultureInfo.InvariantCulture, $"<p style=\"margin:0 0 4px;word-break:break-all\"><a href=\"{E(address.AbsoluteUri)}\" rel=\"noreferrer\">{E(address.AbsoluteUri)}</a></p>");
            if (Facts.Gone(brief) is { } gone)
                html.Append(CultureInfo.InvariantCulture, $"<p style=\"margin:0 0 4px\"><b>{E(gone)}</b></p>");
            foreach (var match in post.Schools.Where(match => match.SchoolId == alert.SchoolId))
                html.Append(CultureInfo.InvariantCulture, $"<p style=\"margin:0 0 4px;font-size:14px\">In scope: {E(match.Why)}</p>");
        }
        else
        {
            html.Append(CultureInfo.InvariantCulture, $"<p>{E(Facts.PostGone)}</p>");
        }

        html.Append(CultureInfo.InvariantCulture, $"<p style=\"margin:0 0 16px;font-size:14px\">{E(Headline.Counts(alert))}.</p>");
        Heading("Why you get this");
        html.Append("<ul style=\"margin:0 0 16px;padding-left:22px\">");
        foreach (var (label, value) in Facts.Reasons(brief))
            html.Append(CultureInfo.InvariantCulture, $"<li><b>{E(label)}</b>: {E(value)}</li>");
        html.Append("</ul>");
        Heading("What to do now");
        html.Append("<ol style=\"margin:0 0 16px;padding-left:22px\">");
        foreach (var step in brief.Guidance)
            html.Append(CultureInfo.InvariantCulture, $"<li>{E(step)}</li>");
        html.Append("</ol>");
        if (message.Notification.Reason != NotificationReason.Acknowledged)
        {
            Heading("Assess it");
            html.Append(CultureInfo.InvariantCulture, $"<p style=\"margin:0 0 6px\">{E(Facts.Meaning(alert))}</p><ul style=\"margin:0 0 16px;padding-left:22px\">");
            foreach (var question in AssessmentHelp.Questions(alert.Category))
                html.Append(CultureInfo.InvariantCulture, $"<li>{E(question)}</li>");
            html.Append("</ul>");
        }

        if (brief.AlsoTold.Count > 0)
            html.Append(CultureInfo.InvariantCulture, $"<p>Also told: {E(string.Join(", ", brief.AlsoTold))}.</p>");
        html.Append(CultureInfo.InvariantCulture, $"<p><a href=\"{E(brief.ConsoleUrl.AbsoluteUri)}\">The alert in the console</a></p>");
        html.Append(CultureInfo.InvariantCulture, $"<p style=\"font-size:13px;border-top:1px solid #999;padding-top:8px\">{E(Facts.Footer(brief))}</p></div></body></html>");
        return html.ToString();

        void Heading(string heading) => html.Append(CultureInfo.InvariantCulture, $"<h2 style=\"margin:0 0 6px;font-size:16px\">{E(heading)}</h2>");
    }

    /// <summary>The post with the words marked that weighed in; places that do not fit the text are passed over.</summary>
    internal static string Marked(Post post, Assessment? assessment)
    {
        var text = post.FullText;
        var marked = new bool[text.Length];
        foreach (var reason in assessment?.Reasons ?? [])
        {
            if (reason.Start < 0 || reason.Length <= 0 || reason.Start > text.Length - reason.Length || reason.Kind == ReasonKind.Note)
                continue;
            marked.AsSpan(reason.Start, reason.Length).Fill(true);
        }

        var html = new StringBuilder();
        for (var start = 0; start < text.Length;)
        {
            var end = start + 1;
            while (end < text.Length && marked[end] == marked[start])
                end++;
            var piece = E(Facts.Clean(text[start..end])).Replace("\n", "<br>", StringComparison.Ordinal);
            html.Append(marked[start] ? $"<mark style=\"background:#ffe08a;color:#000\">{piece}</mark>" : piece);
            start = end;
        }

        return html.ToString();
    }

    private static string Color(OutgoingMessage message) => message.Notification.Reason == NotificationReason.Acknowledged ? "#0b6b3a" : "#b3261e";

    private static string E(string text) => WebUtility.HtmlEncode(text);
}
