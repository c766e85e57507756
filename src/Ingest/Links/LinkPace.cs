using ThreatWatch.Ingest.Fetching;
using ThreatWatch.Ingest.Sources;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Ingest.Links;

/// <summary>Decides which alerted posts are looked at now and what a look means. Pure.</summary>
internal static class LinkPace
{
    /// <summary>No post is looked at more often.</summary>
    public static readonly TimeSpan Shortest = TimeSpan.FromSeconds(30);

    // Time for two looks before people are told again.
    private static readonly TimeSpan BeforeAStep = TimeSpan.FromSeconds(100);
    private static readonly TimeSpan WhileOpen = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan OnceTaken = TimeSpan.FromHours(1);

    // Sites answer 404 by mistake, for seconds.
    private const int Sure = 2;

    /// <summary>The address to look at, and whether it may be in a private network; null where nobody may or need look.</summary>
    public static (Uri Url, bool AllowPrivateAddress)? AddressOf(PostLink link, IReadOnlyList<SourceOptions> sources)
    {
        var source = sources.FirstOrDefault(source => source.Id == link.SourceId) ?? new SourceOptions();
        // Bluesky's deletions come by the stream, and its pages answer 200 for every address; Telegram's pages are not for machines.
        if (source.Type is SourceType.Jetstream or SourceType.Telegram)
            return null;
        if (!Uri.TryCreate(link.Url, UriKind.Absolute, out var url) || !RedirectTrail.IsHttp(url) || RefusedHosts.Why(url.Host, source) is not null)
            return null;
        return (url, source.AllowPrivateAddress && string.Equals(url.Host, source.Url?.Host, StringComparison.OrdinalIgnoreCase));
    }

    public static bool IsDue(PostLink link, DateTimeOffset now)
    {
        if (link.LookedAt is not { } last)
            return true;
        if (now - last < Shortest)
            return false;
        if (link is { Misses: > 0, GoneAt: null } || (link.NextStepAt is { } step && step - now <= BeforeAStep && step - last > BeforeAStep))
            return true;
        return now - last >= (link.NextStepAt is null ? OnceTaken : WhileOpen);
    }

    /// <summary>What is known after a look: an answer that says neither changes nothing.</summary>
    public static PostLink After(PostLink link, LinkState state, DateTimeOffset now) => state switch
    {
        LinkState.There => link with { MissingSinceAt = null, Misses = 0, GoneAt = null },
        LinkState.Gone => link with
        {
            MissingSinceAt = link.MissingSinceAt ?? now,
            Misses = link.Misses + 1,
            GoneAt = link.GoneAt ?? (link.Misses + 1 >= Sure ? now : null),
        },
        _ => link,
    };
}
