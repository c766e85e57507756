using System.Globalization;
using ThreatWatch.Core;
using ThreatWatch.Platform.Hosting;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Alerting.Escalation;

/// <summary>Answers who would be told of an alert, when and by what, by running the real planner over an alert that does not exist.</summary>
public sealed class RouteTest(Settings settings, EscalationPlanner planner)
{
    /// <summary>The steps of the first round and the first of the second, if nobody acknowledges.</summary>
    public IReadOnlyList<RouteTestStep> Run(string schoolId, Category category, RiskLevel level, DateTimeOffset at)
    {
        var alert = new Alert(
            "ROUTE-TEST", "route-test", schoolId, category, level, AlertState.Open, "", 1, 1, 1, false, at, at, null, null, null, null, null);
        var progress = new AlertProgress(alert, at, 1, 0, 0, 0, at);
        var steps = new List<RouteTestStep>();
        while (progress.NextStepAt is { } due && progress.NextRound < 2 && !(progress.NextRound == 1 && progress.NextStep > 0))
        {
            var plan = planner.Step(progress, due);
            var told = plan.Notifications.GroupBy(row => row.OfficerId).Select(rows => (rows.Key, (IReadOnlyList<Channel>)[.. rows.Select(row => row.Channel)])).ToList();
            steps.Add(new RouteTestStep(due, told, plan.Why));
            progress = plan.Advance(progress);
        }

        return steps;
    }

    /// <summary>The same as lines for people, instants where the district is.</summary>
    public IEnumerable<string> Lines(string schoolId, Category category, RiskLevel level, DateTimeOffset at)
    {
        var district = settings.Get<District>();
        var zone = TimeZoneInfo.TryFindSystemTimeZoneById(district.TimeZone, out var found) ? found : TimeZoneInfo.Utc;
        foreach (var step in Run(schoolId, category, level, at))
        {
            var local = TimeZoneInfo.ConvertTime(step.At, zone).ToString("ddd yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
            var who = string.Join("; ", step.Told.Select(pair => $"{district.FindOfficer(pair.OfficerId)?.Name ?? pair.OfficerId} by {string.Join(" and ", pair.Channels.Select(channel => channel.ToString().ToLowerInvariant()))}"));
            yield return $"{local}  {(who.Length > 0 ? who : "NOBODY")}  ({step.Why})";
        }
    }
}

/// <summary>One step of the answer.</summary>
public sealed record RouteTestStep(DateTimeOffset At, IReadOnlyList<(string OfficerId, IReadOnlyList<Channel> Channels)> Told, string Why);
