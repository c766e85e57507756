using Microsoft.Extensions.Logging;
using ThreatWatch.Core;
using ThreatWatch.Platform.Hosting;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Alerting.Notifying.Sms;

/// <summary>Acknowledges by text message: the sender's number says who it is, and the provider's signature that it is the sender's.</summary>
public sealed partial class Replies(Settings settings, AlertStore alerts, AlertActions actions, DueSignal signal, TimeProvider time, ILogger<Replies> logger)
{
    private const int MostNamed = 4;

    // Who answers later than this to an alert that is over means another one.
    private static readonly TimeSpan Memory = TimeSpan.FromHours(12);

    /// <summary>Takes an answer; returns what is answered to it, null for nothing: two machines must not talk to each other.</summary>
    public async Task<string?> TakeAsync(string from, string body, CancellationToken cancellationToken)
    {
        var people = settings.Get<District>().Officers.Where(officer => officer.Sms == from).Select(officer => officer.Id).ToList();
        if (people.Count == 0)
        {
            LogUnknown();
            return null;
        }

        var told = await alerts.ToldAsync(people, time.GetUtcNow() - Memory, cancellationToken);
        var open = told.Select(pair => pair.Alert).Where(alert => alert.State == AlertState.Open).ToList();
        var answer = SmsReply.Read(body, open);
        if (!answer.Acknowledges)
            return null;
        if (answer.AlertIds.Count > 0)
        {
            var lines = new List<string>();
            foreach (var id in answer.AlertIds)
                lines.Add(await AcknowledgeAsync(id, told.First(pair => pair.Alert.Id == id).OfficerId, cancellationToken));
            return string.Join(' ', lines);
        }

        if (open.Count > 0)
            return $"Which one? Reply its sign: {Names(open)}";
        return told.Count == 0 ? "No alert that you were told of is open." : Taken(told[0].Alert);
    }

    private async Task<string> AcknowledgeAsync(string alertId, string officerId, CancellationToken cancellationToken)
    {
        var outcome = await actions.AcknowledgeAsync(alertId, officerId, "sms", cancellationToken);
        if (outcome.Won)
        {
            LogAcknowledged(alertId, officerId);
            signal.WakeAll();
            return $"{alertId} is yours. The others are told.";
        }

        return outcome.Alert is { } alert ? Taken(alert) : $"{alertId} is no longer there.";
    }

    private string Taken(Alert alert)
    {
        var holder = alert.AcknowledgedBy is { } by ? settings.Get<District>().FindOfficer(by)?.Name ?? by : "Somebody";
        return alert.State == AlertState.Closed ? $"{alert.Id} is closed." : $"{holder} has {alert.Id} already.";
    }

    private string Names(IEnumerable<Alert> open) =>
        string.Join(", ", open.Take(MostNamed).Select(alert => $"{alert.Id} ({settings.Get<District>().SchoolName(alert.SchoolId)})"));

    [LoggerMessage(LogLevel.Information, "Alert {AlertId}: {OfficerId} has it (by text message)")]
    private partial void LogAcknowledged(string alertId, string officerId);

    [LoggerMessage(LogLevel.Information, "A text message from a number that is nobody's was passed over")]
    private partial void LogUnknown();
}
