using ThreatWatch.Core;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Alerting.Intake;

/// <summary>Decides which incident a post belongs to and whether people hear of it again: no I/O, no clock of its own.</summary>
internal static class Incident
{
    /// <summary>One alert that is not closed bears it at a time. A drill never joins a real incident.</summary>
    public static string Fingerprint(string schoolId, Category category, Post post) =>
        $"{schoolId}/{category}/{post.Family}{(post.IsDrill ? "/drill" : "")}";

    /// <summary>The schools that get an alert: those of the message that exist, or the district as a whole.</summary>
    public static IReadOnlyList<string> SchoolsOf(RiskDetected message, District district, IncidentOptions options)
    {
        var known = message.SchoolIds.Where(id => district.FindSchool(id) is not null).Distinct().ToList();
        return known.Count == 0 || known.Count > options.MostSchools ? [District.DeskSchoolId] : known;
    }

    /// <summary>What becomes of an alert that posts have just joined.</summary>
    /// <param name="before">The alert as it was, with what people were last told.</param>
    /// <param name="level">The highest level among the new posts.</param>
    /// <param name="posts">Posts of the alert now, the new ones included.</param>
    public static IncidentChange Join(AlertProgress before, RiskLevel level, int posts, DateTimeOffset now, IncidentOptions options)
    {
        var risen = level > before.Alert.Level;
        var highest = risen ? level : before.Alert.Level;
        // A rise is told at once: it decides who is called in.
        if (risen)
            return new IncidentChange(highest, NotificationReason.NewEvidence, now);
        // A message that still waits for the end of the cooldown will tell of these posts too.
        if (before.NotifiedAt > now)
            return new IncidentChange(highest, null, now);
        var rested = before.NotifiedAt + options.Cooldown;
        if (posts >= (long)before.NotifiedPosts * options.Spread)
            return new IncidentChange(highest, NotificationReason.NewEvidence, rested > now ? rested : now);
        if (now >= before.NotifiedAt + options.Repeat)
            return new IncidentChange(highest, NotificationReason.Repeat, now);
        return new IncidentChange(highest, null, now);
    }
}

/// <summary>What becomes of an alert.</summary>
/// <param name="Reason">Why people are told again; null where they are not.</param>
/// <param name="TellAt">When.</param>
internal sealed record IncidentChange(RiskLevel Level, NotificationReason? Reason, DateTimeOffset TellAt);
