using System.Text.RegularExpressions;

namespace ThreatWatch.Ingest.Polling;

/// <summary>
/// What is special about YouTube's channel feeds: they advertise no hub but have one, and for hours on many days they answer 404 or 500
/// for channels that are well.
/// </summary>
internal static partial class YouTube
{
    public static readonly Uri Hub = new("https://pubsubhubbub.appspot.com/subscribe");

    /// <summary>Between two tries of a spell: longer ones would miss its end, and the videos of the day.</summary>
    public static readonly TimeSpan SpellRetry = TimeSpan.FromMinutes(15);

    /// <summary>The hub's topic of a channel feed; null for all other addresses.</summary>
    public static Uri? TopicOf(Uri feed) =>
        IsFeed(feed) && Channel().Match(feed.Query) is { Success: true } channel
            ? new Uri($"https://www.youtube.com/xml/feeds/videos.xml?channel_id={channel.Groups[1].Value}")
            : null;

    public static bool IsFeed(Uri url) => url.Host is "www.youtube.com" or "youtube.com" && url.AbsolutePath == "/feeds/videos.xml";

    [GeneratedRegex(@"[?&]channel_id=([A-Za-z0-9_-]+)")]
    private static partial Regex Channel();
}
