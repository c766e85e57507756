using ThreatWatch.Core;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Alerting.Reporting;

/// <summary>How a channel did in a month: how many of its messages arrived, and how long each hop took.</summary>
/// <param name="Messages">For which a provider was called.</param>
/// <param name="Failed">Given up, or reported as not arrived.</param>
/// <param name="Delivered">That the provider reports as arrived; not every channel can tell.</param>
/// <param name="Opened">Looked at, where the channel can tell.</param>
/// <param name="Accepted">From the first call to the provider's acceptance, retries included.</param>
/// <param name="Arrived">From acceptance to arrival.</param>
public sealed record ChannelTimes(Channel Channel, int Messages, int Failed, int Delivered, int Opened, HopTimes Accepted, HopTimes Arrived)
{
    public static ChannelTimes Of(Channel channel, IReadOnlyList<MessageRow> messages) => new(
        channel,
        messages.Count,
        messages.Count(message => message.State == NotificationState.Failed),
        messages.Count(message => message.DeliveredAt is not null),
        messages.Count(message => message.OpenedAt is not null),
        HopTimes.Of($"{channel}: sending to accepted", messages, message => message.AlertId, message => message.AcceptedAt - message.BeganAt),
        HopTimes.Of($"{channel}: accepted to delivered", messages, message => message.AlertId, message => message.DeliveredAt - message.AcceptedAt));
}

/// <summary>The drills of a month: whether the chain came back, and in what time.</summary>
/// <param name="Run">That ended.</param>
/// <param name="Back">From the post to the acknowledgement.</param>
public sealed record DrillTimes(int Run, int Whole, int Broken, HopTimes Back)
{
    public static DrillTimes Of(IReadOnlyList<Drill> drills) => new(
        drills.Count(drill => drill.Outcome != DrillOutcome.Running),
        drills.Count(drill => drill.Outcome == DrillOutcome.Whole),
        drills.Count(drill => drill.Outcome == DrillOutcome.Broken),
        HopTimes.Of("drill: post to acknowledged", drills, drill => drill.AlertId ?? "", drill => drill.AcknowledgedAt - drill.StartedAt));
}
