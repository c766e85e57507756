using System.Globalization;
using ThreatWatch.Core;

namespace ThreatWatch.Alerting.Notifying.Email;

/// <summary>The sentences that both parts of an e-mail are made of, so that they can't come to differ.</summary>
internal static class Facts
{
    public const string PostGone = "Its author took the post back; its text is deleted here too.";

    /// <summary>That the post is no longer where it was: the words that people have are then the only ones.</summary>
    public static string? Gone(AlertBrief brief) => brief.PostGoneSinceAt is { } since
        ? $"The post is gone from its address since {Headline.At(since, brief.Zone)}: deleted, moved or hidden. The alert stands; keep what you have of it."
        : null;

    public static string Title(OutgoingMessage message)
    {
        var (brief, row) = (message.Brief, message.Notification);
        var title = $"{Headline.Level(brief.Alert.Level)} {Headline.Kind(brief.Alert.Category)} - {brief.SchoolName}";
        return row.Reason switch
        {
            NotificationReason.Acknowledged => brief.Alert.ClosedAt is null ? $"{brief.HolderName} has it: {title}" : $"Closed: {title}",
            NotificationReason.Escalation => $"Nobody has it yet: {title}",
            NotificationReason.NewEvidence => $"New evidence: {title}",
            NotificationReason.Repeat => $"Again: {title}",
            _ => title,
        };
    }

    public static string Opened(AlertBrief brief) =>
        $"Alert {brief.Alert.Id}, raised {Headline.At(brief.Alert.OpenedAt, brief.Zone)} ({brief.DistrictName})";

    public static string? Holder(OutgoingMessage message) => message.Brief is { HolderName: { } name, Alert.AcknowledgedAt: { } at }
        ? message.Brief.Alert.ClosedAt is null
            ? $"{name} has had it since {Headline.At(at, message.Brief.Zone)}. You need not act unless you are called."
            : $"{name} took it {Headline.At(at, message.Brief.Zone)}, and it is closed. You need not act."
        : null;

    public static string Byline(AlertBrief brief, Post post) =>
        $"{(post.Author is { Length: > 0 } author ? $"by {Clean(author)}, " : "")}{Headline.At(post.PublishedAt, brief.Zone)}, source {post.SourceId}";

    /// <summary>Label and value for people, strongest first.</summary>
    public static IEnumerable<(string Label, string Value)> Reasons(AlertBrief brief)
    {
        if (brief.Assessment is not { } judged)
        {
            yield return ("Level", brief.Alert.Level.ToString());
            yield break;
        }

        var reasons = judged.Reasons;
        foreach (var reason in reasons.Where(reason => reason.Kind == ReasonKind.Score))
            yield return ("Score", Clean(reason.Text));
        if (reasons.All(reason => reason.Kind != ReasonKind.Score))
        {
            var score = judged.Category == Category.SelfHarm ? judged.SelfHarm : judged.Threat;
            yield return ("Score", string.Create(CultureInfo.InvariantCulture, $"{score:0.00} of 1"));
        }

        foreach (var (kind, label) in new[] { (ReasonKind.Element, "Elements"), (ReasonKind.Rule, "Keywords"), (ReasonKind.Word, "Words") })
        {
            var texts = reasons.Where(reason => reason.Kind == kind).Select(reason => Clean(reason.Text)).Distinct().Take(12).ToList();
            if (texts.Count > 0)
                yield return (label, string.Join("; ", texts));
        }

        foreach (var reason in reasons.Where(reason => reason.Kind == ReasonKind.Note))
            yield return ("Note", Clean(reason.Text));
        yield return ("Model", $"{Short(judged.ModelVersion)}, rules {Short(judged.RulesVersion)}");
    }

    /// <summary>Such as "High. FBI high level: direct, ...".</summary>
    public static string Meaning(Alert alert) => $"{alert.Level}. {AssessmentHelp.Meaning(alert.Level, alert.Category)} A machine read the words alone; you judge.";

    public static string Footer(AlertBrief brief) =>
        $"ThreatWatch of {brief.DistrictName} points at public posts by rule and model and is often wrong; you decide. Do not pass this message on beyond those who must act.";

    /// <summary>Web addresses only: a post's "javascript:" must not become a link.</summary>
    public static Uri? SafeUrl(Post post) =>
        Uri.TryCreate(post.Url, UriKind.Absolute, out var uri) && uri.Scheme is ("http" or "https") ? uri : null;

    /// <summary>Without control characters and marks that turn the direction of what follows.</summary>
    public static string Clean(string text) =>
        new([.. text.ReplaceLineEndings("\n").Where(c => c == '\n' || !(char.IsControl(c) || c is (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069')))]);

    private static string Short(string version) => version.Length > 12 ? version[..12] : version;
}
