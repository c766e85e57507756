using System.Diagnostics;
using System.Globalization;
using ThreatWatch.Classifier.Backtesting;
using ThreatWatch.Platform.Hosting;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Classifier.Verbs;

/// <summary><c>threatwatch backtest</c>: which alerts would appear and vanish on the district's own stored posts under changed settings.</summary>
public static class BacktestVerb
{
    /// <returns>The exit code: 0, or 2 where the changed settings are no valid ones.</returns>
    public static async Task<int> RunAsync(
        BacktestRequest request, Settings settings, Database database, TimeProvider time, TextWriter output, TextWriter errors, CancellationToken cancellationToken)
    {
        var problems = new Problems();
        if (request.Days < 1)
            problems.Add("--days", "must be 1 or more");
        if (request.Shadow && (request.Set.Count > 0 || request.Keywords is not null))
            problems.Add("--shadow", "compares what was recorded; it can't go together with --set or --keywords");
        if (!request.Shadow && request.Set.Count == 0 && request.Keywords is null)
            problems.Add("", "nothing to try: give --set KEY=VALUE, --keywords FILE or --shadow");
        if (problems.All.Count > 0)
            return Refuse(problems.All, errors);

        var since = time.GetUtcNow() - TimeSpan.FromDays(request.Days);
        var closed = await ClosedAlert.SinceAsync(database, since, cancellationToken);
        if (request.Shadow)
        {
            var shadowed = await Replay.OfShadowAsync(new AssessmentStore(database), new PostStore(database), since, cancellationToken);
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{shadowed.Posts} posts of the last {request.Days} days that the shadow judged too"));
            BacktestReport.Write(output, shadowed, closed, "shadow");
            return 0;
        }

        var (snapshot, found) = ChangedSettings.Of(settings, request.Set, request.Keywords);
        if (snapshot is null)
            return Refuse(found, errors);
        var before = AssessorLoader.Load(settings.Get<ClassifierOptions>(), settings.Current, problems);
        var options = snapshot.Get<ClassifierOptions>();
        var after = before is null ? null : AssessorLoader.Load(
            options, snapshot, problems, options.Model == settings.Get<ClassifierOptions>().Model ? before.Detector : null);
        if (before is null || after is null)
            return Refuse(problems.All, errors);

        var start = Stopwatch.GetTimestamp();
        var comparison = await Replay.RunAsync(new PostStore(database), since, before, after, cancellationToken);
        errors.WriteLine(string.Create(CultureInfo.InvariantCulture, $"judged in {Stopwatch.GetElapsedTime(start).TotalSeconds:0.0} s"));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{comparison.Posts} posts of the last {request.Days} days"));
        output.WriteLine($"now: model {before.ModelVersion}, rules {before.RulesVersion}; changed: model {after.ModelVersion}, rules {after.RulesVersion}");
        BacktestReport.Write(output, comparison, closed, "changed");
        return 0;
    }

    private static int Refuse(IReadOnlyList<Problem> problems, TextWriter errors)
    {
        foreach (var problem in problems)
            errors.WriteLine(problem);
        return 2;
    }
}

/// <summary>What to try on how much of the past.</summary>
/// <param name="Days">1 or more; only posts that the retention has left can be judged.</param>
/// <param name="Set">"classifier.thresholds.threat.high=0.8": the configuration's own keys.</param>
/// <param name="Keywords">A file in place of the configured one, or null.</param>
/// <param name="Shadow">Compare what the shadow setting has recorded.</param>
public sealed record BacktestRequest(int Days, IReadOnlyList<string> Set, string? Keywords, bool Shadow)
{
    public const int DefaultDays = 30;
}
