using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MimeKit;
using ThreatWatch.Alerting.Watch;
using ThreatWatch.Platform.Hosting;

namespace ThreatWatch.Alerting.Notifying.Email.Reports;

/// <summary>
/// Takes what mail servers report after they took a mail: one that came back is a failed channel, so that the next one is used at once;
/// one that arrived or was opened is another link of the proof.
/// </summary>
public sealed partial class MailReportsWorker(Settings settings, Receipts receipts, MailTokens tokens, OwnTroubles troubles, TimeProvider time, ILogger<MailReportsWorker> logger) : BackgroundService
{
    private const string Mailbox = "mailbox";

    // Settings may change meanwhile.
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestIdle = TimeSpan.FromMinutes(1);
    private readonly ReportMailbox _mailbox = new(tokens, time);
    private DateTimeOffset _next;

    public override void Dispose()
    {
        _mailbox.Dispose();
        base.Dispose();
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        WorkerLoop.RunAsync(
            async token =>
            {
                await RunOnceAsync(token);
                await AwaitAsync(token);
            },
            TimeSpan.Zero, time, logger, stoppingToken);

    /// <summary>Looks into the mailbox once, where one is set up and its turn has come.</summary>
    public async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        var (all, now) = (settings.Current, time.GetUtcNow());
        var email = all.Get<AlertingOptions>().Email;
        if (email.Reports is not { } reports || now < _next)
            return;
        _next = now + reports.Every;
        try
        {
            await _mailbox.ReadAsync(reports.WithLogin(email.Smtp), all.Folder, mail => TakeAsync(mail, email), cancellationToken);
            troubles.Went(Mailbox);
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            // Said once, not at each look.
            if (!troubles.Has(Mailbox))
                LogUnreadable(exception is TokenRefusedException ? exception.Message : exception.GetType().Name);
            troubles.Failed(Mailbox, "the mailbox of mail reports can't be read", now);
        }
    }

    /// <summary>Returns when it is time for another look: at once where the server says that something arrived.</summary>
    private async Task AwaitAsync(CancellationToken cancellationToken)
    {
        var left = _next - time.GetUtcNow();
        try
        {
            switch (left > TimeSpan.Zero ? await _mailbox.AwaitAsync(left < LongestIdle ? left : LongestIdle, cancellationToken) : null)
            {
                case true:
                    _next = time.GetUtcNow();
                    return;
                case false:
                    return;
            }
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            // The connection broke, as they do: the next look makes a new one, and says so where it can't.
        }

        await Task.Delay(Tick, time, cancellationToken);
    }

    private async Task<bool> TakeAsync(MimeMessage mail, EmailOptions email)
    {
        if (MailReport.Read(mail) is not { } report || !EmailOptions.TryAddress(email.From, out var from))
            return false;
        var messageId = report.MessageId ?? $"<{report.NotificationId}@{from.Domain}>";
        await receipts.TakeAsync(new Receipt(report.NotificationId, messageId, report.Kind, report.Why), CancellationToken.None);
        return true;
    }

    [LoggerMessage(LogLevel.Error, "The mailbox of mail reports can't be read ({Why}); mail that comes back is not seen")]
    private partial void LogUnreadable(string why);
}
