using Microsoft.Extensions.Logging;
using ThreatWatch.Alerting.Escalation;
using ThreatWatch.Alerting.Notifying;
using ThreatWatch.Core;
using ThreatWatch.Platform.Hosting;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Alerting.Intake;

/// <summary>Lets posts join or open alerts and queues the first messages, all in the transaction that settles the queue's delivery.</summary>
public sealed partial class AlertIntake(Settings settings, EscalationPlanner planner, DueSignal signal, TimeProvider time, ILogger<AlertIntake> logger)
{
    private sealed record Arrival(Post Post, RiskLevel Level, string SchoolId, Category Category, string Fingerprint);

    /// <summary>The handler of the queue: a batch costs one look at each alert, however many of its posts come together.</summary>
    public async Task HandleAsync(UnitOfWork work, IReadOnlyList<RiskDetected> messages, CancellationToken cancellationToken)
    {
        var arrivals = await ArrivalsAsync(work, messages, cancellationToken);
        var audits = new List<(string Action, string AlertId, string Detail)>();
        foreach (var group in arrivals.GroupBy(arrival => arrival.Fingerprint).OrderBy(group => group.Key, StringComparer.Ordinal))
            audits.Add(await JoinOrOpenAsync(work, [.. group], cancellationToken));
        // Last, since the audit's chain is one for all writers: whoever holds it should be about to commit.
        var now = time.GetUtcNow();
        foreach (var (action, alertId, detail) in audits)
            await AuditLog.AddAsync(work, now, "threatwatch", action, alertId, detail, cancellationToken);
        work.AfterCommit(() =>
        {
            CrashPoint.Reach("alert.committed");
            signal.WakeAll();
            return Task.CompletedTask;
        });
        CrashPoint.Reach("alert.before-commit");
    }

    private async Task<List<Arrival>> ArrivalsAsync(UnitOfWork work, IReadOnlyList<RiskDetected> messages, CancellationToken cancellationToken)
    {
        var ids = messages.Select(message => message.PostId).Distinct().ToList();
        var posts = (await PostStore.FindAsync(work, ids, cancellationToken)).ToDictionary(post => post.Id);
        var joined = (await AlertStore.JoinedAsync(work, ids, cancellationToken)).ToHashSet();
        var (district, options) = (settings.Get<District>(), settings.Get<AlertingOptions>().Incidents);
        var arrivals = new List<Arrival>();
        foreach (var message in messages)
        {
            // Taken back or expired since: there is nothing left that an officer could read.
            if (!posts.TryGetValue(message.PostId, out var post) || post.RetractedAt is not null)
            {
                LogGone(message.PostId);
                continue;
            }

            foreach (var school in Incident.SchoolsOf(message, district, options))
            {
                if (!joined.Add((post.Id, school, message.Category)))
                    continue;
                var fingerprint = post.Revision == 1 ? null : await AlertStore.OfEarlierRevisionAsync(work, post, school, message.Category, cancellationToken);
                arrivals.Add(new Arrival(post, message.Level, school, message.Category, fingerprint ?? Incident.Fingerprint(school, message.Category, post)));
            }
        }

        return arrivals;
    }

    private async Task<(string Action, string AlertId, string Detail)> JoinOrOpenAsync(
        UnitOfWork work, IReadOnlyList<Arrival> arrivals, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var level = arrivals.Max(arrival => arrival.Level);
        var fingerprint = arrivals[0].Fingerprint;
        var open = await AlertStore.LockOpenAsync(work, [fingerprint], cancellationToken);
        if (open.Count == 0)
        {
            var first = arrivals[0];
            var alert = new Alert(
                Ids.NewAlert(), fingerprint, first.SchoolId, first.Category, level, AlertState.Open, first.Post.Id, 0, 0, 0, first.Post.IsDrill,
                now, now, null, null, null, null, null);
            var progress = new AlertProgress(alert, now, arrivals.Count, 0, 0, 0, now);
            if (await AlertStore.OpenAsync(work, progress, cancellationToken))
            {
                progress = await CountAsync(work, progress, arrivals, now, cancellationToken);
                if (await SilenceOverAsync(work, alert, now, cancellationToken) is { } silence)
                {
                    // Still there when the silence ends, it is told then.
                    await AlertStore.SaveAsync(work, progress with { NextStepAt = silence.UntilAt }, cancellationToken);
                    return ("alert.opened", alert.Id, $"{level} {alert.Category} for {alert.SchoolId}; silenced until {silence.UntilAt:u} by silence {silence.Id}");
                }

                var plan = planner.Step(progress, now);
                await NotificationStore.AddAsync(work, plan.Notifications, cancellationToken);
                await AlertStore.SaveAsync(work, plan.Advance(progress), cancellationToken);
                LogOpened(alert.Id, level, alert.Category, alert.SchoolId, plan.Notifications.Count);
                return ("alert.opened", alert.Id, $"{level} {alert.Category} for {alert.SchoolId}; {plan.Why}");
            }

            // Another process opened it in between; its transaction is over, or the insert would still wait for it.
            open = await AlertStore.LockOpenAsync(work, [fingerprint], cancellationToken);
        }

        return await JoinAsync(work, open[0], arrivals, level, now, cancellationToken);
    }

    private async Task<(string Action, string AlertId, string Detail)> JoinAsync(
        UnitOfWork work, AlertProgress before, IReadOnlyList<Arrival> arrivals, RiskLevel level, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var after = await CountAsync(work, before, arrivals, now, cancellationToken);
        var change = Incident.Join(before, level, after.Alert.PostCount, now, settings.Get<AlertingOptions>().Incidents);
        after = after with { Alert = after.Alert with { Level = change.Level } };
        var why = "";
        var silence = await SilenceOverAsync(work, after.Alert, now, cancellationToken);
        if (before is { NextStep: 0, NextRound: 0, NextStepAt: not null })
        {
            // Nobody was told yet, so that nothing is new: the first message comes when no silence holds it any more.
            after = after with { NextStepAt = silence?.UntilAt ?? now };
        }
        else if (change.Reason is { } reason && silence is null)
        {
            after = after with { NotifiedAt = change.TellAt, NotifiedPosts = after.Alert.PostCount, EvidenceRound = before.EvidenceRound + 1 };
            var plan = planner.Again(after, reason, change.TellAt, now);
            await NotificationStore.AddAsync(work, plan.Notifications, cancellationToken);
            why = $"; {reason}: {plan.Why}";
        }

        else if (before.NotifiedAt > now)
        {
            after = after with { NotifiedPosts = after.Alert.PostCount };
        }

        await AlertStore.SaveAsync(work, after, cancellationToken);
        LogJoined(before.Alert.Id, arrivals.Count, after.Alert.PostCount);
        return ("alert.joined", before.Alert.Id, $"{arrivals.Count} post(s), now {after.Alert.PostCount}, level {change.Level}{why}");
    }

    private static async Task<Silence?> SilenceOverAsync(UnitOfWork work, Alert alert, DateTimeOffset now, CancellationToken cancellationToken) =>
        (await SilenceStore.InForceAsync(work, now, cancellationToken)).Where(silence => silence.Holds(alert, now)).MaxBy(silence => silence.UntilAt);

    private static async Task<AlertProgress> CountAsync(
        UnitOfWork work, AlertProgress progress, IReadOnlyList<Arrival> arrivals, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await AlertStore.JoinAsync(work, progress.Alert.Id, arrivals.Select(arrival => (arrival.Post.Id, arrival.Level)).ToList(), now, cancellationToken);
        var (posts, authors, sources) = await AlertStore.CountAsync(work, progress.Alert.Id, cancellationToken);
        return progress with { Alert = progress.Alert with { PostCount = posts, AuthorCount = authors, SourceCount = sources, LastPostAt = now } };
    }

    [LoggerMessage(LogLevel.Warning, "ALERT {AlertId}: {Level} {Category} for {SchoolId}; {Count} message(s) queued")]
    private partial void LogOpened(string alertId, RiskLevel level, Category category, string schoolId, int count);

    [LoggerMessage(LogLevel.Information, "Alert {AlertId}: {Count} more post(s), {Posts} in all")]
    private partial void LogJoined(string alertId, int count, int posts);

    [LoggerMessage(LogLevel.Information, "Post {PostId} is gone again; no alert")]
    private partial void LogGone(string postId);
}
