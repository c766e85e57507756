using System.Globalization;
using System.Text;
using ThreatWatch.Console.Page;
using ThreatWatch.Core;

namespace ThreatWatch.Console.Alerts;

/// <summary>What helps to judge an alert and to act on it: the district's steps, what was found and what was not, the level's meaning, the next questions.</summary>
internal static class AssessmentPart
{
    private static readonly string[] Parts = ["intent", "means", "target", "time", "place"];

    public static void Write(StringBuilder body, Alert alert, IReadOnlyList<Reason> reasons, ResponseText response)
    {
        if (response(alert.Category, alert.Level) is { Count: > 0 } steps)
            body.Append("<h2>What to do now</h2><ol class=\"steps\">").AppendJoin("", steps.Select(step => $"<li>{Layout.Encode(step)}</li>")).Append("</ol>");
        body.Append(CultureInfo.InvariantCulture, $"<h2>Assess it</h2><p>{Layout.Level(alert)} {Layout.Encode(AssessmentHelp.Meaning(alert.Level, alert.Category))} <span class=\"quiet\">A machine read the words alone; you judge.</span></p>");
        Found(body, alert, reasons);
        body.Append("<ul>").AppendJoin("", AssessmentHelp.Questions(alert.Category).Select(question => $"<li>{Layout.Encode(question)}</li>")).Append("</ul>");
    }

    // The parts of a threat one by one, also those that are missing: what is not said tells as much.
    private static void Found(StringBuilder body, Alert alert, IReadOnlyList<Reason> reasons)
    {
        var found = reasons.Where(reason => reason.Kind == ReasonKind.Element)
            .Select(reason => reason.Text.Split(':', 2))
            .ToLookup(pair => pair[0].Trim(), pair => pair.Length > 1 ? pair[1].Trim() : "", StringComparer.OrdinalIgnoreCase);
        var parts = alert.Category == Category.Threat ? Parts.Concat(found.Select(group => group.Key)).Distinct(StringComparer.OrdinalIgnoreCase) : found.Select(group => group.Key);
        body.Append("<table class=\"parts\">");
        foreach (var part in parts)
        {
            var words = found[part].Where(word => word.Length > 0).Distinct(StringComparer.OrdinalIgnoreCase).Take(6).Select(word => $"&ldquo;{Layout.Encode(word)}&rdquo;").ToList();
            var cell = words.Count > 0 ? string.Join(", ", words) : found.Contains(part) ? "named" : "<span class=\"quiet\">not found</span>";
            body.Append(CultureInfo.InvariantCulture, $"<tr><th>{Layout.Encode(part)}</th><td>{cell}</td></tr>");
        }

        body.Append("</table>");
    }
}
