using ThreatWatch.Ingest.Sources.Feeds;

namespace ThreatWatch.Tests.Ingest.Sources.Feeds;

public sealed class FormatTests
{
    [Fact]
    public void An_rss_item_gives_all_its_facts()
    {
        var entry = Feed.OnlyItem("""
            <title>Game tonight</title><link>/games/7</link><guid isPermaLink="false">g7</guid><author>desk@school.example (Desk)</author>
            <pubDate>Tue, 03 Nov 2026 18:30:00 -0500</pubDate><description><![CDATA[<p>Doors at six.</p><p>Bring <b>ID</b>.</p>]]></description>
            """);
        Assert.Equal("g7", entry.Id);
        Assert.Equal("https://feed.example/games/7", entry.Url);
        Assert.Equal("Game tonight", entry.Title);
        Assert.Equal("Doors at six.\nBring ID.", entry.Text);
        Assert.Equal("desk@school.example (Desk)", entry.Author);
        Assert.Equal(new DateTimeOffset(2026, 11, 3, 23, 30, 0, TimeSpan.Zero), entry.PublishedAt);
    }

    [Fact]
    public void Full_content_wins_over_the_description()
    {
        var entry = Feed.OnlyItem("<description>short</description><content:encoded xmlns:content='http://purl.org/rss/1.0/modules/content/'>long</content:encoded>");
        Assert.Equal("long", entry.Text);
    }

    [Fact]
    public void An_rdf_feed_has_its_items_beside_the_channel()
    {
        var feed = Feed.Read("""
            <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
            <channel rdf:about="https://a.example/"><title>A</title></channel>
            <item rdf:about="https://a.example/1"><title>One</title><link>https://a.example/1</link><dc:creator>ed</dc:creator><dc:date>2026-11-03</dc:date></item>
            </rdf:RDF>
            """);
        Assert.Equal(FeedFormat.Rdf, feed.Format);
        var entry = Assert.Single(feed.Entries);
        Assert.Equal(("https://a.example/1", "ed"), (entry.Id, entry.Author));
        Assert.Equal(new DateTimeOffset(2026, 11, 3, 0, 0, 0, TimeSpan.Zero), entry.PublishedAt);
    }

    [Theory]
    [InlineData("<title type='text'>a &lt;b&gt; c</title>", "a <b> c")]
    [InlineData("<title type='html'>a &lt;b&gt;bold&lt;/b&gt; c</title>", "a bold c")]
    [InlineData("<title type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'>a <b>bold</b> c</div></title>", "a bold c")]
    [InlineData("<title>plain</title>", "plain")]
    public void Atom_titles_are_read_by_their_type(string title, string expected) => Assert.Equal(expected, Feed.OnlyEntry(title).Title);

    [Fact]
    public void Atom_links_are_resolved_against_nested_bases_and_the_page_is_chosen()
    {
        var entry = Feed.OnlyEntry("<link rel='self' href='x'/><link rel='enclosure' href='a.mp3'/><link xml:base='https://b.example/x/' href='../page'/>");
        Assert.Equal("https://b.example/page", entry.Url);
    }

    [Fact]
    public void Atom_03_with_modes_is_read()
    {
        var entry = Feed.Only("""
            <feed version="0.3" xmlns="http://purl.org/atom/ns#"><entry><id>1</id><issued>2004-01-01T10:00:00Z</issued>
            <content type="text/html" mode="escaped">&lt;p&gt;a&lt;/p&gt;&lt;p&gt;b&lt;/p&gt;</content></entry></feed>
            """);
        Assert.Equal("a\nb", entry.Text);
        Assert.NotNull(entry.PublishedAt);
    }

    [Fact]
    public void A_cdf_channel_is_read_with_the_channels_inside()
    {
        var feed = Feed.Read("""
            <CHANNEL HREF="https://c.example/"><TITLE>C</TITLE><ITEM HREF="https://c.example/1" LASTMOD="1998-11-05T07:00-0700"><TITLE>One</TITLE>
            <ABSTRACT>First</ABSTRACT></ITEM><CHANNEL><ITEM HREF="https://c.example/2"><TITLE>Two</TITLE></ITEM></CHANNEL></CHANNEL>
            """);
        Assert.Equal(FeedFormat.Cdf, feed.Format);
        Assert.Equal(["One", "Two"], feed.Entries.Select(entry => entry.Title));
        Assert.Equal("First", feed.Entries[0].Text);
        Assert.Equal(new DateTimeOffset(1998, 11, 5, 14, 0, 0, TimeSpan.Zero), feed.Entries[0].PublishedAt);
    }

    [Fact]
    public void A_json_feed_is_read_with_numbers_as_ids_and_items_without_one_kept()
    {
        var feed = Feed.Read("""
            {"version":"https://jsonfeed.org/version/1.1","title":"J","feed_url":"https://j.example/f","next_url":"/f?2","expired":true,
             "hubs":[{"type":"WebSub","url":"https://hub.example/"}],"items":[
             {"id":7,"content_html":"<p>a</p><p>b</p>","authors":[{"name":"ed"}]},{"url":"https://j.example/8","content_text":"c"}]}
            """);
        Assert.Equal(["7", "https://j.example/8"], feed.Entries.Select(entry => entry.Id));
        Assert.Equal(["a\nb", "c"], feed.Entries.Select(entry => entry.Text));
        Assert.Equal(("https://feed.example/f?2", true, "ed"), (feed.NextUrl, feed.IsExpired, feed.Entries[0].Author));
        Assert.Equal(["https://hub.example/"], feed.Hubs);
    }

    [Fact]
    public void A_json_feed_that_breaks_off_gives_the_items_before()
    {
        var feed = Feed.Read("""{"version":"https://jsonfeed.org/version/1","items":[{"id":"1","content_text":"a"},{"id":"2","conte""");
        Assert.Equal("a", Assert.Single(feed.Entries).Text);
    }

    [Fact]
    public void The_schedule_hubs_and_deletions_are_told()
    {
        var feed = Feed.Read("""
            <rss version="2.0" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/" xmlns:atom="http://www.w3.org/2005/Atom"
            xmlns:at="http://purl.org/atompub/tombstones/1.0"><channel><ttl> 90 </ttl><skipHours><hour>0</hour><hour>24</hour><hour>23</hour></skipHours>
            <skipDays><day>Sunday</day></skipDays><sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>
            <atom:link rel="hub" href="https://hub.example/"/><atom:link rel="self" href="https://s.example/rss"/>
            <at:deleted-entry ref="tag:s.example,1" when="2026-11-03T10:00:00Z"/></channel></rss>
            """);
        Assert.Equal(90, feed.Schedule.TtlMinutes);
        Assert.Equal([0, 23], feed.Schedule.SkipHours);
        Assert.Equal([DayOfWeek.Sunday], feed.Schedule.SkipDays);
        Assert.Equal(TimeSpan.FromHours(6), feed.Schedule.UpdateEvery);
        Assert.Equal("https://s.example/rss", feed.SelfUrl);
        Assert.Equal(["https://hub.example/"], feed.Hubs);
        Assert.Equal("tag:s.example,1", Assert.Single(feed.DeletedEntries).Ref);
    }

    [Theory]
    [InlineData("", NotAFeedReason.Empty)]
    [InlineData(" \n ", NotAFeedReason.Empty)]
    [InlineData("<!DOCTYPE html><html><body>Just a moment</body></html>", NotAFeedReason.HtmlPage)]
    [InlineData("{\"error\":1}", NotAFeedReason.UnknownFormat)]
    [InlineData("{\"error\":", NotAFeedReason.BrokenJson)]
    [InlineData("nothing here", NotAFeedReason.UnknownFormat)]
    public void What_is_no_feed_says_why(string document, NotAFeedReason reason) =>
        Assert.Equal(reason, Assert.IsType<NotAFeed>(Feed.Outcome(document)).Reason);
}
