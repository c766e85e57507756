using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using ThreatWatch.Console.Page;
using ThreatWatch.Core;
using ThreatWatch.Platform.Hosting;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Console.Sources;

/// <summary>What is read, by which permission, and how each source does: a silent or failing one is a school unwatched, an overdue review is somebody's task.</summary>
internal sealed class SourcesPage(SourceRegisterStore register, SourceStateStore states, CounterStore counters, Settings settings, TimeProvider time)
{
    private const int DaysCounted = 7;

    public async Task<IResult> ShowAsync(CancellationToken cancellationToken)
    {
        var (district, now) = (settings.Get<District>(), time.GetUtcNow());
        var sources = await register.AllAsync(cancellationToken);
        var known = (await states.AllAsync(cancellationToken)).ToDictionary(state => state.SourceId);
        var kept = (await counters.SinceAsync(DateOnly.FromDateTime(now.UtcDateTime).AddDays(-DaysCounted), cancellationToken))
            .Where(row => row.Name == "new").ToDictionary(row => row.SourceId, row => row.Value);
        var body = new StringBuilder($"<h1>Sources, {Layout.Encode(district.Name)}</h1>");
        if (sources.Count == 0)
            body.Append("<p class=\"empty\">No source is configured, or the role that reads them has not run yet.</p>");
        body.Append(Notice(sources, known, now));
        if (sources.Count > 0)
            body.Append(CultureInfo.InvariantCulture, $"<table><tr><th>source</th><th>state</th><th>last read</th><th>last new post</th><th>about our schools, {DaysCounted} days</th><th>permission</th><th>review due</th></tr>");
        foreach (var source in sources)
        {
            var state = known.GetValueOrDefault(source.SourceId);
            body.Append(CultureInfo.InvariantCulture, $"<tr><td>{Layout.Encode(source.Name)}<br><span class=\"quiet\">{Layout.Encode(source.Type)} {Layout.Encode(source.Place)}</span></td>")
                .Append(CultureInfo.InvariantCulture, $"<td>{StateOf(state, now)}</td><td>{Time(state?.SucceededAt, district)}</td><td>{Time(state?.LastNewAt, district)}</td>")
                .Append(CultureInfo.InvariantCulture, $"<td>{kept.GetValueOrDefault(source.SourceId):N0}</td>")
                .Append(CultureInfo.InvariantCulture, $"<td>{Layout.Encode(source.Permission)}<br><span class=\"quiet\">{Layout.Encode(source.LegalBasis)}; kept {source.RetentionDays} days</span></td>")
                .Append(CultureInfo.InvariantCulture, $"<td>{source.ReviewDueOn:yyyy-MM-dd}{(source.IsReviewOverdue(now) ? " <strong>OVERDUE</strong>" : "")}</td></tr>");
        }

        if (sources.Count > 0)
            body.Append("</table>");
        return Layout.Render("Sources", body.ToString());
    }

    /// <summary>What needs somebody, for the first page; empty where nothing does.</summary>
    public async Task<string> NoticeAsync(CancellationToken cancellationToken)
    {
        var sources = await register.AllAsync(cancellationToken);
        return sources.Count == 0
            ? ""
            : Notice(sources, (await states.AllAsync(cancellationToken)).ToDictionary(state => state.SourceId), time.GetUtcNow());
    }

    internal static string Notice(IReadOnlyList<RegisteredSource> sources, IReadOnlyDictionary<string, SourceState> known, DateTimeOffset now)
    {
        var parts = new List<string>();
        Add("can't be read", source => known.GetValueOrDefault(source.SourceId)?.FailingSince is not null);
        Add("gone quiet", source => known.GetValueOrDefault(source.SourceId)?.QuietSinceAt is not null);
        Add("permission due for a review", source => source.IsReviewOverdue(now));
        return parts.Count == 0 ? "" : $"<p class=\"notice\"><a href=\"/sources\">Sources</a>: {string.Join("; ", parts)}.</p>";

        void Add(string what, Func<RegisteredSource, bool> applies)
        {
            const int Named = 5;
            var names = sources.Where(applies).Select(source => Layout.Encode(source.Name)).ToList();
            if (names.Count > 0)
                parts.Add($"{what}: {string.Join(", ", names.Take(Named))}{(names.Count > Named ? $" and {names.Count - Named} more" : "")}");
        }
    }

    private static string StateOf(SourceState? state, DateTimeOffset now) => state switch
    {
        null => "not read yet",
        { FailingSince: { } since } => $"<strong>can't be read</strong> for {Durations.ForPeople(now - since)}: {Layout.Encode(state.Why)}",
        { QuietSinceAt: { } since } => $"<strong>quiet</strong> for {Durations.ForPeople(now - since)}, which is unusual after {Durations.ForPeople(state.QuietAfter!.Value)}",
        _ => "well",
    };

    private static string Time(DateTimeOffset? at, District district) => at is { } instant ? Layout.Time(instant, district) : "";
}
