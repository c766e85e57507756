using System.Globalization;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ThreatWatch.Alerting.Notifying;
using ThreatWatch.Alerting.Notifying.Email;
using ThreatWatch.Core;
using ThreatWatch.Platform.Hosting;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Alerting.Digest;

/// <summary>Sends the day's digest once its hour has come; a day without an Elevated post has none.</summary>
public sealed partial class DigestWorker(Settings settings, DigestStore digests, EmailNotifier email, TimeProvider time, ILogger<DigestWorker> logger) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan AgainAfter = TimeSpan.FromMinutes(10);
    private const int Most = 2000;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        WorkerLoop.RunAsync(RunOnceAsync, Every, time, logger, stoppingToken);

    public async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        var (district, options, now) = (settings.Get<District>(), settings.Get<AlertingOptions>(), time.GetUtcNow());
        var zone = TimeZoneInfo.TryFindSystemTimeZoneById(district.TimeZone, out var found) ? found : TimeZoneInfo.Utc;
        if (options.Digest is null || DigestPlan.Due(options.Digest, now, zone) is not { } due)
            return;
        var items = await digests.ItemsAsync(due.Told.From, due.Told.Until, Most, cancellationToken);
        foreach (var (officer, lines) in DigestPlan.Split(district, items).Where(pair => email.CanReach(pair.Officer)))
        {
            if (!await digests.TryBeginAsync(due.Day, officer.Id, now, now - AgainAfter, cancellationToken))
                continue;
            var (subject, text, html) = DigestMail.Write(district, zone, due.Day, lines);
            var id = string.Create(CultureInfo.InvariantCulture, $"digest-{due.Day:yyyy-MM-dd}-{officer.Id}");
            using var mail = MailComposer.ComposePlain(id, officer, subject, text, html, options.Email, now);
            var outcome = await email.DeliverAsync(mail, id, id, cancellationToken);
            var (state, error) = outcome switch
            {
                SendOutcome.Sent => (NotificationState.Sent, null),
                SendOutcome.RetryLater later => (NotificationState.Sending, later.Why),
                SendOutcome.Rejected rejected => (NotificationState.Failed, rejected.Why),
                _ => (NotificationState.Failed, outcome.GetType().Name),
            };
            await digests.RecordAsync(due.Day, officer.Id, state, now, error, cancellationToken);
            LogDigest(officer.Id, lines.Count, error ?? "sent");
        }
    }

    [LoggerMessage(LogLevel.Information, "Digest for {OfficerId}, {Count} post(s): {Result}")]
    private partial void LogDigest(string officerId, int count, string result);
}
