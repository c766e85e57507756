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

    private sealed record Change(AlertProgress After, IReadOnlyList<Notification> Rows, string Action, string Detail);

    /// <summary>The handler of the queue: a batch costs a few statements, however many alerts its posts belong to.</summary>
    public async Task HandleAsync(UnitOfWork work, IReadOnlyList<RiskDetected> messages, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var groups = (await ArrivalsAsync(work, messages, cancellationToken))
            .GroupBy(arrival => arrival.Fingerprint).OrderBy(group => group.Key, StringComparer.Ordinal).ToList();
        var (alerts, opened) = await OpenAsync(work, groups, now, cancellationToken);
        await AlertStore.JoinAsync(
            work, [.. groups.SelectMany(group => group, (group, arrival) => (alerts[group.Key].Alert.Id, arrival.Post.Id, arrival.Level))], now, cancellationToken);
        var counts = await AlertStore.CountAsync(work, [.. alerts.Values.Select(alert => alert.Alert.Id)], cancellationToken);
        var silences = await SilenceStore.InForceAsync(work, now, cancellationToken);
        var changes = new List<Change>();
        foreach (var group in groups)
        {
            var before = alerts[group.Key];
            var (posts, authors, sources) = counts[before.Alert.Id];
            var after = before with { Alert = before.Alert with { PostCount = posts, AuthorCount = authors, SourceCount = sources, LastPostAt = now } };
            changes.Add(opened.Contains(before.Alert.Id)
                ? Open(after, SilenceOver(silences, after.Alert, now), now)
                : Join(before, after, [.. group], silences, now));
        }

        await NotificationStore.AddAsync(work, [.. changes.SelectMany(change => change.Rows)], cancellationToken);
        await AlertStore.SaveAsync(work, changes.ConvertAll(change => change.After), cancellationToken);
        await AuditLog.AddAsync(work, now, "threatwatch", changes.ConvertAll(change => (change.Action, change.After.Alert.Id, change.Detail)), cancellationToken);
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

    /// <summary>The alert of each group by its fingerprint, locked, and the ids of those that were opened just now.</summary>
    private static async Task<(Dictionary<string, AlertProgress> Alerts, IReadOnlySet<string> Opened)> OpenAsync(
        UnitOfWork work, List<IGrouping<string, Arrival>> groups, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var alerts = (await AlertStore.LockOpenAsync(work, groups.ConvertAll(group => group.Key), cancellationToken)).ToDictionary(alert => alert.Alert.Fingerprint);
        var fresh = groups.Where(group => !alerts.ContainsKey(group.Key)).Select(group => Fresh([.. group], now)).ToList();
        var opened = await AlertStore.OpenAsync(work, fresh, cancellationToken);
        foreach (var alert in fresh.Where(alert => opened.Contains(alert.Alert.Id)))
            alerts.Add(alert.Alert.Fingerprint, alert);
        // Another process opened these in between; its transaction is over, or the insert would still wait for it.
        var others = fresh.Where(alert => !opened.Contains(alert.Alert.Id)).Select(alert => alert.Alert.Fingerprint).ToList();
        foreach (var alert in others.Count == 0 ? [] : await AlertStore.LockOpenAsync(work, others, cancellationToken))
            alerts.Add(alert.Alert.Fingerprint, alert);
        return (alerts, opened);
    }

    private static AlertProgress Fresh(IReadOnlyList<Arrival> arrivals, DateTimeOffset now)
    {
        var first = arrivals[0];
        var alert = new Alert(
            Ids.NewAlert(), first.Fingerprint, first.SchoolId, first.Category, arrivals.Max(arrival => arrival.Level), AlertState.Open, first.Post.Id, 0, 0, 0,
            first.Post.IsDrill, now, now, null, null, null, null, null);
        return new AlertProgress(alert, now, arrivals.Count, 0, 0, 0, now);
    }

    private Change Open(AlertProgress alert, Silence? silence, DateTimeOffset now)
    {
        var what = $"{alert.Alert.Level} {alert.Alert.Category} for {alert.Alert.SchoolId}";
        // Still there when the silence ends, it is told then.
        if (silence is not null)
            return new Change(alert with { NextStepAt = silence.UntilAt }, [], "alert.opened", $"{what}; silenced until {silence.UntilAt:u} by silence {silence.Id}");
        var plan = planner.Step(alert, now);
        LogOpened(alert.Alert.Id, alert.Alert.Level, alert.Alert.Category, alert.Alert.SchoolId, plan.Notifications.Count);
        return new Change(plan.Advance(alert), plan.Notifications, "alert.opened", $"{what}; {plan.Why}");
    }

    private Change Join(AlertProgress before, AlertProgress after, IReadOnlyList<Arrival> arrivals, IReadOnlyList<Silence> silences, DateTimeOffset now)
    {
        var posts = after.Alert.PostCount;
        var change = Incident.Join(before, arrivals.Max(arrival => arrival.Level), posts, now, settings.Get<AlertingOptions>().Incidents);
        after = after with { Alert = after.Alert with { Level = change.Level } };
        var why = "";
        IReadOnlyList<Notification> rows = [];
        var silence = SilenceOver(silences, after.Alert, now);
        if (before is { NextStep: 0, NextRound: 0, NextStepAt: not null })
        {
            // Nobody was told yet, so that nothing is new: the first message comes when no silence holds it any more.
            after = after with { NextStepAt = silence?.UntilAt ?? now };
        }
        else if (change.Reason is { } reason && silence is null)
        {
            after = after with { NotifiedAt = change.TellAt, NotifiedPosts = posts, EvidenceRound = before.EvidenceRound + 1 };
            var plan = planner.Again(after, reason, change.TellAt, now);
            rows = plan.Notifications;
            why = $"; {reason}: {plan.Why}";
        }
        else if (before.NotifiedAt > now)
        {
            after = after with { NotifiedPosts = posts };
        }

        LogJoined(before.Alert.Id, arrivals.Count, posts);
        return new Change(after, rows, "alert.joined", $"{arrivals.Count} post(s), now {posts}, level {change.Level}{why}");
    }

    private static Silence? SilenceOver(IReadOnlyList<Silence> silences, Alert alert, DateTimeOffset now) =>
        silences.Where(silence => silence.Holds(alert, now)).MaxBy(silence => silence.UntilAt);

    [LoggerMessage(LogLevel.Warning, "ALERT {AlertId}: {Level} {Category} for {SchoolId}; {Count} message(s) queued")]
    private partial void LogOpened(string alertId, RiskLevel level, Category category, string schoolId, int count);

    [LoggerMessage(LogLevel.Information, "Alert {AlertId}: {Count} more post(s), {Posts} in all")]
    private partial void LogJoined(string alertId, int count, int posts);

    [LoggerMessage(LogLevel.Information, "Post {PostId} is gone again; no alert")]
    private partial void LogGone(string postId);
}
