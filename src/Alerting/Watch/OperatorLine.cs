using Microsoft.Extensions.Logging;
using ThreatWatch.Alerting.Notifying;
using ThreatWatch.Core;
using ThreatWatch.Platform.Hosting;

namespace ThreatWatch.Alerting.Watch;

/// <summary>Tells the operators something that belongs to no alert, by every channel that reaches them and is not too loud for it.</summary>
public sealed partial class OperatorLine(Settings settings, IEnumerable<INotifier> notifiers, ILogger<OperatorLine> logger)
{
    private readonly IReadOnlyList<IOperatorNotifier> _channels = [.. notifiers.OfType<IOperatorNotifier>()];

    /// <summary>True where at least one of them was reached.</summary>
    /// <param name="id">The same for the same message, also when it is sent again.</param>
    public async Task<bool> TellAsync(string id, string subject, IReadOnlyList<string> lines, Loudness loudness, CancellationToken cancellationToken)
    {
        var operators = settings.Get<AlertingOptions>().Watch.OperatorsOf(settings.Get<District>());
        var reached = await Task.WhenAll(operators.Select(officer => TellAsync(officer, new($"{id}-{officer.Id}", subject, lines), loudness, cancellationToken)));
        if (!reached.Contains(true))
            LogUnreached(id);
        return reached.Contains(true);
    }

    // All at once: a mail server that hangs must not hold back the call. Where nothing takes it, the louder channels are tried after all.
    private async Task<bool> TellAsync(Officer officer, OperatorMessage message, Loudness loudness, CancellationToken cancellationToken)
    {
        var channels = _channels.Where(channel => channel.CanReach(officer)).ToLookup(channel => LoudnessOf(channel.Channel) <= loudness);
        var took = await Task.WhenAll(channels[true].Select(channel => TookAsync(channel, officer, message, cancellationToken)));
        if (took.Contains(true))
            return true;
        foreach (var channel in channels[false].OrderBy(channel => LoudnessOf(channel.Channel)))
        {
            if (await TookAsync(channel, officer, message, cancellationToken))
                return true;
        }

        return false;
    }

    private async Task<bool> TookAsync(IOperatorNotifier channel, Officer officer, OperatorMessage message, CancellationToken cancellationToken)
    {
        var outcome = await channel.TellAsync(officer, message, cancellationToken);
        if (outcome is SendOutcome.Sent)
            return true;
        LogNotTaken(officer.Id, channel.Channel, outcome switch { SendOutcome.RetryLater later => later.Why, SendOutcome.Rejected rejected => rejected.Why, _ => "" });
        return false;
    }

    private static Loudness LoudnessOf(Channel channel) => channel switch
    {
        Channel.Voice => Loudness.Call,
        Channel.Sms => Loudness.Text,
        _ => Loudness.Written,
    };

    [LoggerMessage(LogLevel.Error, "Operator {Officer} can't be told by {Channel}: {Why}")]
    private partial void LogNotTaken(string officer, Channel channel, string why);

    [LoggerMessage(LogLevel.Critical, "No operator could be told of {Id}")]
    private partial void LogUnreached(string id);
}

/// <summary>How much of a disturbance a message is worth.</summary>
public enum Loudness
{
    /// <summary>E-mail, rooms and webhooks: reminders, the all-clear.</summary>
    Written,

    /// <summary>Text messages too: a source that can't be read, dead letters.</summary>
    Text,

    /// <summary>Calls too: the chain is dead, a drill failed.</summary>
    Call,
}
