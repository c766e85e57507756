using ThreatWatch.Platform.Hosting;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Alerting.Watch;

/// <summary>Decides what is wrong with the chain at an instant.</summary>
internal static class Troubles
{
    // A source that nobody tries any more was taken out of the configuration.
    private static readonly TimeSpan StillTried = TimeSpan.FromHours(26);

    /// <param name="watchedSince">When the watch began: after a stop of the whole, everything has been silent for long.</param>
    public static IReadOnlyList<Trouble> Now(ChainFacts facts, WatchOptions options, DateTimeOffset watchedSince, DateTimeOffset now)
    {
        var found = new List<Trouble>();
        foreach (var role in facts.Beats.Keys.Union([Roles.Ingest, Roles.Classifier]).Order(StringComparer.Ordinal))
        {
            var isKnown = facts.Beats.TryGetValue(role, out var beat);
            var since = isKnown && beat > watchedSince ? beat : watchedSince;
            if (now - since >= options.RoleSilentAfter)
                found.Add(new($"role:{role}", isKnown ? $"the role {role} gives no sign of life" : $"the role {role} is not running", isKnown ? beat : since));
        }

        foreach (var unsent in facts.Unsent)
            Add(unsent, options.UnsentAfter, $"unsent:{unsent.Name}", count => $"{Some(count, "message")} by {unsent.Name} can't be sent");
        Add(facts.Untold, options.UnsentAfter, "untold", count => $"{Some(count, "open alert")} reached nobody so far");
        foreach (var topic in facts.Messages)
            Add(topic, options.WaitsAfter, $"queue:{topic.Name}", count => $"{Some(count, "message")} of the queue {topic.Name} not taken up");
        Add(facts.Unjudged, options.WaitsAfter, "unjudged", count => $"{Some(count, "post")} not judged");
        Add(facts.Steps, options.WaitsAfter, "steps", count => $"{Some(count, "open alert")} not escalated in time");
        Add(facts.DeadLetters, TimeSpan.Zero, "deadletters", count => $"{Some(count, "dead letter")}: threatwatch deadletters list");
        foreach (var source in facts.Sources)
        {
            if (source.FailingSince is { } since && now - since >= options.SourceFailsAfter && now - source.ReadAt < StillTried)
                found.Add(new($"source:{source.SourceId}", $"the source {source.SourceId} can't be read", since));
            if (source.QuietSinceAt is { } quiet && now - source.ReadAt < StillTried)
                found.Add(new($"quiet:{source.SourceId}", $"the source {source.SourceId} answers but brings nothing new (unusual after {Durations.ForPeople(source.QuietAfter!.Value)})", quiet) { IsToldOnce = true });
        }

        return found;

        void Add(Waiting? waiting, TimeSpan patience, string key, Func<int, string> what)
        {
            if (waiting is not null && now - waiting.SinceAt >= patience)
                found.Add(new(key, what(waiting.Count), waiting.SinceAt));
        }
    }

    /// <summary>What news of these are worth: at a dead chain a phone rings, a source or a message that broke can wait until somebody reads.</summary>
    public static Loudness Loudness(IEnumerable<Trouble> fresh) => fresh
        .Select(trouble => trouble.IsToldOnce ? Watch.Loudness.Written
            : trouble.Key.Split(':')[0] is "deadletters" or "source" or "calendar" or "mailbox" ? Watch.Loudness.Text
            : Watch.Loudness.Call)
        .DefaultIfEmpty(Watch.Loudness.Written)
        .Max();

    private static string Some(int count, string thing) => $"{count} {thing}{(count == 1 ? "" : "s")}";
}

/// <summary>Something that is wrong.</summary>
/// <param name="Key">The same as long as it is the same trouble.</param>
/// <param name="What">For people; ids, never post text or contacts.</param>
public sealed record Trouble(string Key, string What, DateTimeOffset SinceAt)
{
    /// <summary>True for what may be as it should be, such as a quiet source in the holidays: it neither comes again nor wakes anybody nor holds the ping.</summary>
    public bool IsToldOnce { get; init; }
}
