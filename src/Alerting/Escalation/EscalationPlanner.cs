using ThreatWatch.Alerting.Notifying;
using ThreatWatch.Alerting.Routing;
using ThreatWatch.Core;
using ThreatWatch.Platform.Hosting;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Alerting.Escalation;

/// <summary>Turns a step of the policy into due rows for people and channels, and says when the next step is due.</summary>
public sealed class EscalationPlanner(Settings settings, IEnumerable<INotifier> notifiers)
{
    /// <summary>The step that is due for an alert: who is told now, and the cursor of the step after it.</summary>
    /// <param name="waiting">People and channels for which a message of this alert has not left yet; they get no second one.</param>
    public StepPlan Step(AlertProgress alert, DateTimeOffset now, IReadOnlySet<(string OfficerId, Channel Channel)>? waiting = null)
    {
        var options = settings.Get<AlertingOptions>().Escalation;
        // The policy may have become shorter while the alert was open.
        var index = Math.Min(alert.NextStep, options.Steps.Count - 1);
        var step = options.Steps[index];
        var reason = alert.Alert.IsDrill ? NotificationReason.Drill
            : index == 0 && alert.NextRound == 0 ? NotificationReason.First
            : NotificationReason.Escalation;
        var (rows, why) = Tell(alert.Alert, step, index, alert.NextRound, reason, now, now);
        var (nextStep, nextRound, nextAt) = After(options, index, alert.NextRound, now);
        return new StepPlan([.. rows.Where(row => waiting?.Contains((row.OfficerId, row.Channel)) != true)], why, nextStep, nextRound, nextAt);
    }

    /// <summary>Tells of new evidence those whom the first step tells.</summary>
    public StepPlan Again(AlertProgress alert, NotificationReason reason, DateTimeOffset at, DateTimeOffset now)
    {
        var first = settings.Get<AlertingOptions>().Escalation.Steps[0];
        var (rows, why) = Tell(alert.Alert, first, 0, alert.EvidenceRound, reason, at, now);
        return new StepPlan(rows, why, alert.NextStep, alert.NextRound, alert.NextStepAt);
    }

    private static (int Step, int Round, DateTimeOffset? At) After(EscalationOptions options, int index, int round, DateTimeOffset now)
    {
        if (options.Once)
            return (index, round, null);
        // From the instant at which this step really ran: after an outage the steps keep their distances instead of coming all at once.
        return index + 1 < options.Steps.Count
            ? (index + 1, round, now + (options.Steps[index + 1].After - options.Steps[index].After))
            : (0, round + 1, now + (options.RoundEvery - options.Steps[index].After));
    }

    private (IReadOnlyList<Notification> Rows, string Why) Tell(
        Alert alert, EscalationStep step, int index, int round, NotificationReason reason, DateTimeOffset at, DateTimeOffset now)
    {
        var district = settings.Get<District>();
        var recipients = Router.Find(district, alert.SchoolId, alert.Category, step.To);
        var why = recipients.Why;
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
               from channel in ChannelsFor(officer, step.Channels)
               select new Notification(
                   Ids.New(now), alert.Id, index, round, officer.Id, channel, reason, NotificationState.Pending, now, at, 0, null, null, null, null, null, null),
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
