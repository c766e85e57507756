using System.Text.Json;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Ingest.Sources.Mastodon;

/// <summary>The last status that was read of each timeline, saved as JSON.</summary>
internal sealed class MastodonCursor
{
    // Long enough for a status that other servers hand on with a delay, short enough to be a page or two.
    private static readonly TimeSpan Overlap = TimeSpan.FromMinutes(5);

    private readonly Dictionary<string, string> _last;

    private MastodonCursor(Dictionary<string, string> last) => _last = last;

    public static MastodonCursor Parse(string? cursor)
    {
        try
        {
            return new MastodonCursor(cursor is null ? [] : Json.Read<Dictionary<string, string>>(cursor));
        }
        catch (JsonException)
        {
            return new MastodonCursor([]);
        }
    }

    /// <summary>From where to read a timeline; null where it was never read.</summary>
    public string? Start(MastodonTimeline timeline, bool isLocal) =>
        !_last.TryGetValue(timeline.Key, out var last) ? null : isLocal ? last : MastodonId.Rewind(last, Overlap);

    public void Advance(MastodonTimeline timeline, string id) => _last[timeline.Key] = MastodonId.Later(_last.GetValueOrDefault(timeline.Key), id);

    public override string ToString() => Json.Write(_last);
}
