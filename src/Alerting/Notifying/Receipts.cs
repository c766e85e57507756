using Microsoft.Extensions.Logging;
using ThreatWatch.Core;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Alerting.Notifying;

/// <summary>
/// Records what providers report of messages that they took, in whatever order it comes. A message that did not arrive is a failed
/// channel: the next one is used at once.
/// </summary>
public sealed partial class Receipts(Database database, FallBack fallBack, DueSignal signal, TimeProvider time, ILogger<Receipts> logger)
{
    /// <summary>Takes a receipt; one that comes twice, late or for another attempt's message changes nothing.</summary>
    public async Task TakeAsync(Receipt receipt, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await using var work = await database.BeginAsync(cancellationToken);
        if (await NotificationStore.FindAsync(work, receipt.NotificationId, cancellationToken) is not { } before)
            return;
        // In the order in which an acknowledgement takes its locks: first the alert, then its rows.
        if (receipt.Kind == ReceiptKind.Failed)
            await AlertStore.LockAsync(work, before.AlertId, cancellationToken);
        // The provider may be faster than our own record of its answer, and after a crash this is all that we hear of it.
        await NotificationStore.AcceptedAsync(work, before.Id, receipt.ProviderId, now, cancellationToken);
        if (await NotificationStore.FindAsync(work, before.Id, cancellationToken) is not { } row || row.ProviderId != receipt.ProviderId)
            return;
        if (receipt.Kind is ReceiptKind.Delivered or ReceiptKind.Opened)
            await NotificationStore.DeliveredAsync(work, row.Id, now, cancellationToken);
        if (receipt.Kind == ReceiptKind.Opened)
            await NotificationStore.OpenedAsync(work, row.Id, now, cancellationToken);
        else if (receipt.Kind == ReceiptKind.Failed && await NotificationStore.FailedAsync(work, row.Id, receipt.Why!, now, cancellationToken) > 0)
            await FallBackAsync(work, row, receipt.Why!, now, cancellationToken);
        await work.CommitAsync(cancellationToken);
    }

    private async Task FallBackAsync(UnitOfWork work, Notification row, string why, DateTimeOffset now, CancellationToken cancellationToken)
    {
        LogFailed(row.AlertId, row.OfficerId, row.Channel, why);
        if (!await fallBack.AddAsync(work, row, new SendOutcome.Rejected(why), now, cancellationToken))
            return;
        work.AfterCommit(() =>
        {
            signal.WakeAll();
            return Task.CompletedTask;
        });
    }

    [LoggerMessage(LogLevel.Error, "Alert {AlertId}: the message to {OfficerId} by {Channel} did not arrive: {Why}")]
    private partial void LogFailed(string alertId, string officerId, Channel channel, string why);
}

/// <summary>One report of a provider.</summary>
/// <param name="Why">Of a failure, in words that hold no number.</param>
public sealed record Receipt(string NotificationId, string ProviderId, ReceiptKind Kind, string? Why = null);

/// <summary>What a provider reports.</summary>
public enum ReceiptKind
{
    Accepted,
    Delivered,

    /// <summary>Looked at, as the recipient's own program says.</summary>
    Opened,
    Failed,
}
