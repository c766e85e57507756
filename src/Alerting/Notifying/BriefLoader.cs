using ThreatWatch.Alerting.Acknowledging;
using ThreatWatch.Core;
using ThreatWatch.Platform.Hosting;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Alerting.Notifying;

/// <summary>
/// Puts together what messages say, at the moment of sending and for a whole batch at once: a post that its author took back in the
/// meantime is not sent out any more, and counts are those of now.
/// </summary>
public sealed class BriefLoader(
    Settings settings, AlertStore alerts, PostStore posts, PostLinkStore postLinks, AssessmentStore assessments, NotificationStore notifications, AcknowledgeLinks links)
{
    /// <summary>One message for each notification, by its id; those whose person or alert is gone are missing.</summary>
    public async Task<IReadOnlyDictionary<string, OutgoingMessage>> LoadAsync(IReadOnlyList<Notification> rows, CancellationToken cancellationToken)
    {
        var ids = rows.Select(row => row.AlertId).Distinct().ToList();
        var found = (await alerts.FindAsync(ids, cancellationToken)).ToDictionary(alert => alert.Id);
        var leads = await alerts.LeadPostsAsync(ids, cancellationToken);
        var postIds = leads.Values.Distinct().ToList();
        var texts = (await posts.FindAsync(postIds, cancellationToken)).ToDictionary(post => post.Id);
        var gone = await postLinks.GoneAsync(postIds, cancellationToken);
        var judged = await assessments.LatestAsync(postIds, cancellationToken);
        var told = (await notifications.AcceptedOfAlertsAsync(ids, cancellationToken)).ToLookup(row => row.AlertId);
        var district = settings.Get<District>();
        var messages = new Dictionary<string, OutgoingMessage>();
        foreach (var row in rows)
        {
            if (!found.TryGetValue(row.AlertId, out var alert) || district.FindOfficer(row.OfficerId) is not { } officer)
                continue;
            var post = leads.TryGetValue(alert.Id, out var lead) ? texts.GetValueOrDefault(lead) : null;
            var earlier = told[alert.Id].Where(other => other.Id != row.Id).ToList();
            var brief = new AlertBrief(
                alert,
                district.Name,
                district.SchoolName(alert.SchoolId),
                TimeZoneInfo.TryFindSystemTimeZoneById(district.TimeZone, out var zone) ? zone : TimeZoneInfo.Utc,
                post,
                post is null ? null : judged.GetValueOrDefault(post.Id),
                GuidanceText.For(settings.Get<AlertingOptions>().Guidance, alert.Category, alert.Level),
                [.. earlier.Select(other => other.OfficerId).Where(id => id != officer.Id).Distinct().Select(id => NameOf(district, id))],
                alert.AcknowledgedBy is { } by ? NameOf(district, by) : null,
                new Uri(settings.Get<HttpOptions>().BaseUrl, $"alerts/{alert.Id}"))
            {
                PostGoneSinceAt = post is { Text: not null } && gone.TryGetValue(post.Id, out var since) ? since : null,
            };
            messages[row.Id] = new OutgoingMessage(
                row,
                officer,
                brief,
                alert.State == AlertState.Open ? links.For(alert.Id, officer.Id) : null,
                [.. earlier.Where(other => other.OfficerId == row.OfficerId && other.Channel == row.Channel).OrderBy(other => other.SentAt).Select(other => other.ProviderId!)]);
        }

        return messages;
    }

    private static string NameOf(District district, string id) => district.FindOfficer(id)?.Name ?? id;
}
