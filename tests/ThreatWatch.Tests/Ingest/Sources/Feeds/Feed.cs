using System.Text;
using ThreatWatch.Ingest.Sources.Feeds;

namespace ThreatWatch.Tests.Ingest.Sources.Feeds;

/// <summary>Words for the tests of the reader.</summary>
internal static class Feed
{
    public static FeedOutcome Outcome(string document, string? contentType = null, string? baseUrl = "https://feed.example/news/feed.xml") =>
        Outcome(Encoding.UTF8.GetBytes(document), contentType, baseUrl);

    public static FeedOutcome Outcome(byte[] document, string? contentType = null, string? baseUrl = "https://feed.example/news/feed.xml") =>
        FeedReader.Read(document, contentType, baseUrl is null ? null : new Uri(baseUrl));

    public static FeedDocument Read(string document, string? contentType = null) => Assert.IsType<FeedDocument>(Outcome(document, contentType));

    public static FeedEntry Only(string document) => Assert.Single(Read(document).Entries);

    public static FeedEntry OnlyItem(string children) => Only($"<rss version='2.0'><channel><item>{children}</item></channel></rss>");

    public static FeedEntry OnlyEntry(string children) => Only($"<feed xmlns='http://www.w3.org/2005/Atom'><entry>{children}</entry></feed>");
}
