using ThreatWatch.Alerting.Notifying;
using ThreatWatch.Alerting.Routing;
using ThreatWatch.Core;
using ThreatWatch.Platform.Hosting;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Alerting.Escalation;

/// <summary>Turns a step of the policy into due rows for people and channels, and says when the next step is due.</summary>
public sealed class EscalationPlanner(Settings settings, DutyCalendars calendars, IEnumerable<INotifier> notifiers)
{
    /// <summary>The step that is due for an alert: who is told now, and the cursor of the step after it.</summary>
    /// <param name="waiting">People and channels for which a message of this alert has not left yet; they get no second one.</param>
    public StepPlan Step(AlertProgress alert, DateTimeOffset now, IReadOnlySet<(string OfficerId, Channel Channel)>? waiting = null)
    {
        var router = MakeRouter();
        var policy = router.PolicyFor(alert.Alert.SchoolId, alert.Alert.Category, alert.Alert.Level);
        // The policy may have become shorter while the alert was open.
        var index = Math.Min(alert.NextStep, policy.Steps.Count - 1);
        var reason = alert.Alert.IsDrill ? NotificationReason.Drill
            : index == 0 && alert.NextRound == 0 ? NotificationReason.First
            : NotificationReason.Escalation;
        var (rows, why) = Tell(router, alert.Alert, policy.Steps[index], index, alert.NextRound, reason, now, now);
        var (nextStep, nextRound, nextAt) = After(policy, index, alert.NextRound, now);
        return new StepPlan([.. rows.Where(row => waiting?.Contains((row.OfficerId, row.Channel)) != true)], why, nextStep, nextRound, nextAt);
    }

    /// <summary>Tells of new evidence those whom the first step tells, and who has it already.</summary>
    public StepPlan Again(AlertProgress alert, NotificationReason reason, DateTimeOffset at, DateTimeOffset now)
    {
        var router = MakeRouter();
        var first = router.PolicyFor(alert.Alert.SchoolId, alert.Alert.Category, alert.Alert.Level).Steps[0];
        var (rows, why) = Tell(router, alert.Alert, first, 0, alert.EvidenceRound, reason, at, now);
        return new StepPlan(rows, why, alert.NextStep, alert.NextRound, alert.NextStepAt);
    }

    private Router MakeRouter()
    {
        var (district, options) = (settings.Get<District>(), settings.Get<AlertingOptions>());
        return new Router(district, options, DutyRoster.Of(options.Duty, district, calendars.Current()));
    }

    private static (int Step, int Round, DateTimeOffset? At) After(EscalationOptions policy, int index, int round, DateTimeOffset now)
    {
        if (policy.Once)
            return (index + 1, round, null);
        // From the instant at which this step really ran: after an outage the steps keep their distances instead of coming all at once.
        return index + 1 < policy.Steps.Count
            ? (index + 1, round, now + (policy.Steps[index + 1].After - policy.Steps[index].After))
            : (0, round + 1, now + (policy.RoundEvery - policy.Steps[index].After));
    }

    private (IReadOnlyList<Notification> Rows, string Why) Tell(
        Router router, Alert alert, EscalationStep step, int index, int round, NotificationReason reason, DateTimeOffset at, DateTimeOffset now)
    {
        var district = settings.Get<District>();
        var recipients = router.Find(alert.SchoolId, alert.Category, alert.Level, step.To, now);
        var why = recipients.Why;
        var zone = TimeZoneInfo.TryFindSystemTimeZoneById(district.TimeZone, out var found) ? found : TimeZoneInfo.Utc;
        var due = QuietHours.NotBefore(settings.Get<AlertingOptions>().QuietHours, alert.Level, at, zone);
        // Who has it already hears of new evidence, whoever that is.
        var holder = alert.AcknowledgedBy is { } by && district.FindOfficer(by) is { } officer ? [officer] : Array.Empty<Officer>();
        var rows = RowsFor(recipients.Officers.Concat(holder).DistinctBy(person => person.Id));
        if (rows.Count == 0 && district.FindOfficer(district.Desk) is { } desk)
        {
            why += "; none of them can be reached by a channel that is set up: the district's desk";
            rows = RowsFor([desk]);
        }

        return (rows, rows.Count == 0 ? why + "; nobody can be reached" : why);

        List<Notification> RowsFor(IEnumerable<Officer> officers) =>
        [
            .. from officer in officers
               from channel in ChannelsFor(officer, alert.Level == RiskLevel.Critical ? [.. step.Channels.Union(step.AlsoAtCritical)] : step.Channels)
               select new Notification(
                   Ids.New(now), alert.Id, index, round, officer.Id, channel, reason, NotificationState.Pending, now, due, 0, null, null, null, null, null, null),
        ];
    }

    private IEnumerable<Channel> ChannelsFor(Officer officer, IReadOnlyList<Channel> wanted)
    {
        var reachable = notifiers.Where(notifier => notifier.CanReach(officer)).Select(notifier => notifier.Channel).ToList();
        var some = wanted.Where(reachable.Contains).ToList();
        // A person without a number still has an inbox, and the other way round.
        return some.Count > 0 ? some : reachable.Take(1);
    }
}

/// <summary>What a step does, and the cursor after it.</summary>
public sealed record StepPlan(IReadOnlyList<Notification> Notifications, string Why, int NextStep, int NextRound, DateTimeOffset? NextStepAt)
{
    public AlertProgress Advance(AlertProgress alert) => alert with { NextStep = NextStep, NextRound = NextRound, NextStepAt = NextStepAt };
}
