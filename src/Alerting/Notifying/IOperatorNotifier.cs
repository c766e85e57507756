using ThreatWatch.Core;

namespace ThreatWatch.Alerting.Notifying;

/// <summary>A channel that can also tell what belongs to no alert: that the chain itself is in trouble. Partners' channels are none.</summary>
public interface IOperatorNotifier : INotifier
{
    /// <summary>Hands one message to the provider, now and once. Throws for nothing but cancellation and our own mistakes.</summary>
    Task<SendOutcome> TellAsync(Officer to, OperatorMessage message, CancellationToken cancellationToken);
}

/// <summary>Something for those who run ThreatWatch; ids and counts, never post text or contacts.</summary>
/// <param name="Id">The same for the same message, also when it is sent again.</param>
public sealed record OperatorMessage(string Id, string Subject, IReadOnlyList<string> Lines)
{
    /// <summary>All in one line, cut where it is longer; what is left stands in the e-mail.</summary>
    public string InOneLine(int most)
    {
        var text = $"{Subject}: {string.Join("; ", Lines)}";
        return text.Length <= most ? text : text[..(most - 3)] + "...";
    }
}
