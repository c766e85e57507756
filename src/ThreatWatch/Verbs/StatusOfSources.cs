using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using ThreatWatch.Ingest.Sources;
using ThreatWatch.Platform.Hosting;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Cli.Verbs;

/// <summary>The part of <c>status</c> about sources: which can't be read, which has gone quiet, whose permission is due for a review.</summary>
internal static class StatusOfSources
{
    // As the watch: a server that restarts is no news.
    private static readonly TimeSpan FailsAfter = TimeSpan.FromHours(1);

    /// <returns>False where one needs a look; an overdue review is only said.</returns>
    public static async Task<bool> PrintAsync(IServiceProvider services, DateTimeOffset now, TextWriter output, CancellationToken cancellationToken)
    {
        var sources = services.GetRequiredService<Settings>().Get<IReadOnlyList<SourceOptions>>();
        var states = (await services.GetRequiredService<SourceStateStore>().AllAsync(cancellationToken)).ToDictionary(state => state.SourceId);
        var counts = (await services.GetRequiredService<CounterStore>().SinceAsync(DateOnly.FromDateTime(now.UtcDateTime.AddDays(-7)), cancellationToken)).ToLookup(row => row.SourceId);
        var healthy = true;
        output.WriteLine("sources, with counts of the last 7 days");
        foreach (var id in sources.Select(source => source.Id).Union(counts.Select(source => source.Key)))
        {
            var state = states.GetValueOrDefault(id);
            healthy &= state is not { FailingSince: { } since } || now - since < FailsAfter;
            healthy &= state?.QuietSinceAt is null;
            var count = string.Join(", ", counts[id].Select(row => string.Create(CultureInfo.InvariantCulture, $"{row.Name} {row.Value:N0}")));
            output.WriteLine($"  {id,-24} {Say(state, now)}{(count.Length > 0 ? "; " : "")}{count}");
        }

        foreach (var warning in SourceRegister.Warnings(sources, now))
            output.WriteLine($"  review: {warning}");
        return healthy;
    }

    private static string Say(SourceState? state, DateTimeOffset now)
    {
        var last = state?.LastNewAt is { } at ? $", last new post {Durations.ForPeople(now - at)} ago" : "";
        return state switch
        {
            null => "not read",
            { FailingSince: { } since } => $"CAN'T BE READ for {Durations.ForPeople(now - since)}: {state.Why}{last}",
            { QuietSinceAt: not null } => $"QUIET, unusual after {Durations.ForPeople(state.QuietAfter!.Value)}{last}",
            _ => $"well{last}",
        };
    }
}
