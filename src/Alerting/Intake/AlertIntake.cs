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
            .GroupBy(arrival => arrival.Fingerprint).OrderBy(group => group.Key, StringComparer.Ordinal).Select(group => group.ToList()).ToList();
        var silences = await SilenceStore.InForceAsync(work, now, cancellationToken);
        var joining = (await AlertStore.LockOpenAsync(work, groups.ConvertAll(group => group[0].Fingerprint), cancellationToken)).ToDictionary(alert => alert.Alert.Fingerprint);
        var opened = await OpenAsync(work, groups, joining, silences, now, cancellationToken);
        await AlertStore.JoinAsync(
            work,
            [.. groups.SelectMany(group => group, (group, arrival) => (Of(group).Alert.Id, arrival.Post.Id, arrival.Level))],
            now,
            cancellationToken);
        var joined = await JoinAsync(work, [.. groups.Where(group => joining.ContainsKey(group[0].Fingerprint))], joining, silences, now, cancellationToken);
        await AlertStore.SaveAsync(work, joined.ConvertAll(change => change.After), cancellationToken);
        var changes = opened.Values.Concat(joined).ToList();
        var rows = changes.SelectMany(change => change.Rows).ToList();
        await NotificationStore.AddAsync(work, rows, cancellationToken);
        await AuditLog.AddAsync(work, now, "threatwatch", changes.ConvertAll(change => (change.Action, change.After.Alert.Id, change.Detail)), cancellationToken);
        work.AfterCommit(() =>
        {
            CrashPoint.Reach("alert.committed");
            signal.Wake(rows.Select(row => row.Channel));
            return Task.CompletedTask;
        });
        CrashPoint.Reach("alert.before-commit");

        AlertProgress Of(List<Arrival> group) =>
            opened.TryGetValue(group[0].Fingerprint, out var change) ? change.After : joining[group[0].Fingerprint];
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

    /// <summary>
    /// Opens an alert, with its first messages, for each group that has none: by fingerprint. What another process opened in between is
    /// added to those that are joined, locked; its transaction is over, or the insert would still wait for it.
    /// </summary>
    private async Task<Dictionary<string, Change>> OpenAsync(
        UnitOfWork work, List<List<Arrival>> groups, Dictionary<string, AlertProgress> joining, IReadOnlyList<Silence> silences, DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        var fresh = groups.Where(group => !joining.ContainsKey(group[0].Fingerprint)).Select(group => Fresh(group, now))
            .Select(alert => Open(alert, SilenceOver(silences, alert.Alert, now), now)).ToList();
        var ids = await AlertStore.OpenAsync(work, fresh.ConvertAll(change => change.After), cancellationToken);
        var opened = fresh.Where(change => ids.Contains(change.After.Alert.Id)).ToDictionary(change => change.After.Alert.Fingerprint);
        // A silenced one's first step is still to come.
        foreach (var (alert, rows, _, _) in opened.Values.Where(change => change.After is not { NextStep: 0, NextRound: 0 }))
            LogOpened(alert.Alert.Id, alert.Alert.Level, alert.Alert.Category, alert.Alert.SchoolId, rows.Count);
        var others = fresh.Select(change => change.After.Alert.Fingerprint).Where(fingerprint => !opened.ContainsKey(fingerprint)).ToList();
        foreach (var alert in others.Count == 0 ? [] : await AlertStore.LockOpenAsync(work, others, cancellationToken))
            joining.Add(alert.Alert.Fingerprint, alert);
        return opened;
    }

    private static AlertProgress Fresh(List<Arrival> arrivals, DateTimeOffset now)
    {
        var (first, posts) = (arrivals[0], arrivals.ConvertAll(arrival => arrival.Post));
        var alert = new Alert(
            Ids.NewAlert(), first.Fingerprint, first.SchoolId, first.Category, arrivals.Max(arrival => arrival.Level), AlertState.Open, first.Post.Id,
            posts.Count, posts.Where(post => post.Author is not null).DistinctBy(post => post.Author).Count(), posts.DistinctBy(post => post.SourceId).Count(),
            first.Post.IsDrill, now, now, null, null, null, null, null);
        return new AlertProgress(alert, now, posts.Count, 0, 0, 0, now);
    }

    private async Task<List<Change>> JoinAsync(
        UnitOfWork work, List<List<Arrival>> groups, Dictionary<string, AlertProgress> joining, IReadOnlyList<Silence> silences, DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        if (groups.Count == 0)
            return [];
        var counts = await AlertStore.CountAsync(work, [.. joining.Values.Select(alert => alert.Alert.Id)], cancellationToken);
        return groups.ConvertAll(group =>
        {
            var before = joining[group[0].Fingerprint];
            var (posts, authors, sources) = counts[before.Alert.Id];
            var after = before with { Alert = before.Alert with { PostCount = posts, AuthorCount = authors, SourceCount = sources, LastPostAt = now } };
            return Join(before, after, group, silences, now);
        });
    }

    private Change Open(AlertProgress alert, Silence? silence, DateTimeOffset now)
    {
        var what = $"{alert.Alert.Level} {alert.Alert.Category} for {alert.Alert.SchoolId}";
        // Still there when the silence ends, it is told then.
        if (silence is not null)
            return new Change(alert with { NextStepAt = silence.UntilAt }, [], "alert.opened", $"{what}; silenced until {silence.UntilAt:u} by silence {silence.Id}");
        var plan = planner.Step(alert, now);
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
