using System.Globalization;
using System.Text;
using ThreatWatch.Core;

namespace ThreatWatch.Alerting.Notifying.Email;

/// <summary>The plain text part: the same facts in the same order as the HTML part.</summary>
internal static class MailText
{
    public static string Write(OutgoingMessage message)
    {
        var (brief, alert) = (message.Brief, message.Brief.Alert);
        var text = new StringBuilder();
        if (alert.IsDrill)
            Line("*** DRILL: the post is made up. Acknowledge as you would a real one. ***\n");
        Line(Facts.Title(message));
        Line(Facts.Opened(brief));
        if (Facts.Holder(message) is { } holder)
            Line($"\n{holder}");
        if (message.AcknowledgeUrl is { } url)
            Line($"\nI HAVE IT: {url.AbsoluteUri}\nOpens a page with one button. Everybody who was told then hears that you have it.");

        Heading("THE POST");
        if (brief.Post is { Text: not null } post)
        {
            foreach (var line in Facts.Clean(post.FullText).Split('\n'))
                Line($"> {line}");
            Line($"\n{Facts.Byline(brief, post)}");
            if (Facts.SafeUrl(post) is { } address)
                Line(address.AbsoluteUri);
            if (Facts.Gone(brief) is { } gone)
                Line(gone);
            foreach (var match in post.Schools.Where(match => match.SchoolId == alert.SchoolId))
                Line($"In scope: {match.Why}");
        }
        else
        {
            Line(Facts.PostGone);
        }

        Line(Headline.Counts(alert) + ".");
        Heading("WHY YOU GET THIS");
        foreach (var (label, value) in Facts.Reasons(brief))
            Line($"- {label}: {value}");
        Heading("WHAT TO DO NOW");
        var number = 1;
        foreach (var step in brief.Guidance)
            Line(string.Create(CultureInfo.InvariantCulture, $"{number++}. {step}"));
        if (message.Notification.Reason != NotificationReason.Acknowledged)
        {
            Heading("ASSESS IT");
            Line(Facts.Meaning(alert));
            foreach (var question in AssessmentHelp.Questions(alert.Category))
                Line($"- {question}");
        }

        if (brief.AlsoTold.Count > 0)
            Line($"\nAlso told: {string.Join(", ", brief.AlsoTold)}.");
        Line($"\nThe alert: {brief.ConsoleUrl.AbsoluteUri}");
        Line($"\n{Facts.Footer(brief)}");
        return text.ToString();

        void Line(string line) => text.Append(line).Append('\n');

        void Heading(string heading) => Line($"\n{heading}");
    }
}
