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
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(5);
    private readonly ReportMailbox _mailbox = new(tokens, time);
    private DateTimeOffset _next;

    public override void Dispose()
    {
        _mailbox.Dispose();
        base.Dispose();
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        WorkerLoop.RunAsync(RunOnceAsync, Tick, time, logger, stoppingToken);

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

    private async Task TakeAsync(MimeMessage mail, EmailOptions email)
    {
        if (MailReport.Read(mail) is not { } report || !EmailOptions.TryAddress(email.From, out var from))
            return;
        var messageId = report.MessageId ?? $"<{report.NotificationId}@{from.Domain}>";
        await receipts.TakeAsync(new Receipt(report.NotificationId, messageId, report.Kind, report.Why), CancellationToken.None);
    }

    [LoggerMessage(LogLevel.Error, "The mailbox of mail reports can't be read ({Why}); mail that comes back is not seen")]
    private partial void LogUnreadable(string why);
}
