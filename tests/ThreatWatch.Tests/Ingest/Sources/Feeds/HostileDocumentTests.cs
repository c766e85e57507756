using System.Diagnostics;
using System.Text;
using ThreatWatch.Ingest.Sources.Feeds;
using ThreatWatch.Tests.Classifier;

namespace ThreatWatch.Tests.Ingest.Sources.Feeds;

public sealed class HostileDocumentTests
{
    private const int Many = 100_000;

    private static readonly string[] Seeds =
    [
        """
        <?xml version="1.0" encoding="utf-8"?><!DOCTYPE rss [<!ENTITY a "b&c;"><!ENTITY c "d">]><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/">
        <channel><title>T &a;</title><ttl>5</ttl><skipHours><hour>3</hour></skipHours><item><title>A &amp;amp; b</title><link>/x?y#z</link><guid isPermaLink='true'>../g</guid>
        <pubDate>Thu, 01 Jan 2004 19:48:21 GMT</pubDate><content:encoded><![CDATA[<p>x<script>y</script><pre> z </pre>]]></content:encoded></item></channel></rss>
        """,
        """
        <feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://a.example/b/"><entry><id>1</id><link href="../c"/><updated>2004-07-08T23:56:58+09:00</updated>
        <title type="html">&lt;i&gt;t&lt;/i&gt;</title><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>d</p></div></content></entry></feed>
        """,
        """{"version":"https://jsonfeed.org/version/1.1","items":[{"id":1,"content_html":"<p>a</p>","date_published":"2004-01-01T00:00:00Z","authors":[{"name":"n"}]}]}""",
        """
        <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="/c"><title>R</title>
        <items><rdf:Seq><rdf:li resource="/1"/></rdf:Seq></items></channel><item rdf:about="/1"><title>o</title><link>/1</link><dc:date>2004-01-01T00:00+01:00</dc:date></item></rdf:RDF>
        """,
        """
        <feed version="0.3" xmlns="http://purl.org/atom/ns#"><entry><title mode="base64">SGk=</title><link rel="alternate" href="/3"/><modified>2004-01-01</modified><content type="text/html" mode="escaped">&lt;p&gt;3</content></entry></feed>
        """,
        """<?xml version="1.0" encoding="windows-1252"?><rss version="0.91"><channel><item><title>caf\u00e9</title><link>http://s.example</link></item><skipDays><day>Monday</day></skipDays></channel></rss>""",
        """<channel href="https://c.example/"><item href="1" lastmod="2004-01-01"><title>t</title><abstract>a</abstract></item><channel><item/></channel></channel>""",
    ];

    [Fact]
    public void No_mutation_or_truncation_throws_or_takes_long()
    {
        var clock = Stopwatch.StartNew();
        var documents = Samples().SelectMany(sample => Hostility.Mutations(sample, 450, seed: 20261103).Concat(Truncations(sample))).ToList();
        for (var i = 0; i < documents.Count; i++)
            _ = Feed.Outcome(documents[i], i % 3 == 0 ? "text/xml; charset=shift_jis" : null);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(20), $"{documents.Count:N0} small documents took {clock.Elapsed}");
    }

    [Fact]
    public void No_JSON_Feed_with_values_of_other_types_or_bombs_in_it_throws_or_takes_long()
    {
        var clock = Stopwatch.StartNew();
        foreach (var document in Hostility.WrongTypes(Seeds[2]).Concat(Hostility.Bombs(Seeds[2].Replace("\"<p>a</p>\"", "\"BOMB\"", StringComparison.Ordinal), Many)))
            _ = Feed.Outcome(document);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(20), $"took {clock.Elapsed}");
    }

    [Fact]
    public void Billion_laughs_stay_small()
    {
        var laughs = new StringBuilder("<!DOCTYPE rss [<!ENTITY l0 \"lol\">");
        for (var level = 1; level < 20; level++)
            laughs.Append("<!ENTITY l").Append(level).Append(" \"").Insert(laughs.Length, $"&l{level - 1};", 10).Append("\">");
        laughs.Append("]><rss><channel>").Insert(laughs.Length, "<item><title>&l19;&l7;</title></item>", 1000).Append("</channel></rss>");
        var feed = InTime(laughs.ToString());
        Assert.Equal(1000, feed.Entries.Count);
        Assert.True(feed.Entries.Sum(entry => entry.Title.Length) < 1_000_000);
    }

    [Fact]
    public void An_entity_of_itself_ends()
    {
        var feed = InTime("<!DOCTYPE rss [<!ENTITY a \"&a;&a;\">]><rss><channel><item><title>x&a;y</title></item></channel></rss>");
        Assert.Equal("xy", feed.Entries[0].Title);
    }

    [Theory]
    [InlineData("<a>", "")]
    [InlineData("<a>", "</b>")]
    [InlineData("<div>", "</div>")]
    [InlineData("<item>", "")]
    [InlineData("<description>", "")]
    [InlineData("<a xml:base='b/' xmlns:c='d'>", "")]
    [InlineData("<!--", "")]
    [InlineData("<![CDATA[", "")]
    [InlineData("<?a ", "")]
    [InlineData("<a b=\"", "")]
    [InlineData("<a b='", "")]
    [InlineData("&a", "")]
    [InlineData("&#x", "")]
    [InlineData("<", "")]
    [InlineData("</", "")]
    [InlineData("<script>", "")]
    [InlineData("<pre>", "\n")]
    public void Endless_nesting_and_openers_cost_no_more_than_their_length(string open, string close)
    {
        var middle = new StringBuilder().Insert(0, open, Many).Insert(0, "").Append('x').Insert(0, "");
        middle.Insert(middle.Length, close, close.Length == 0 ? 0 : Many);
        InTime($"<rss><channel><item><title>A</title><description>{middle}</description></item></channel></rss>");
        InTime($"<rss><channel><item><title>A</title><description>{middle.Replace("<", "&lt;")}</description></item></channel></rss>");
        InTime($"<rss><channel><item><title>A</title></item>{middle}");
        InTime($"<feed><entry><title>A</title><content type='xhtml'>{middle}</content></entry></feed>");
    }

    [Fact]
    public void A_million_attributes_or_names_cost_no_more_than_their_length()
    {
        var attributes = new StringBuilder().Insert(0, " a1='b'", 1_000_000).ToString();
        InTime($"<rss{attributes}><channel{attributes.Replace(" a", " xmlns:a", StringComparison.Ordinal)}><item><title>A</title></item></channel></rss>");
        var names = string.Concat(Enumerable.Range(0, 100_000).Select(index => $"<n{index}></n{index}>"));
        InTime($"<rss><channel>{names}<item><title>A</title></item></channel></rss>", entries: null);
    }

    [Fact]
    public void Deep_json_is_refused_without_a_fault()
    {
        var deep = "{\"version\":\"https://jsonfeed.org/version/1\",\"items\":" + new string('[', Many);
        Assert.IsType<NotAFeed>(Feed.Outcome(deep));
    }

    private static IEnumerable<string> Samples() => [.. Seeds, File.ReadAllText(Path.Combine(Checkout.Root, "samples", "courier.xml"))];

    // Every length of a short one; of a long one every thirtieth.
    private static IEnumerable<byte[]> Truncations(string sample) => Hostility.Truncations(sample).Where((_, length) => sample.Length < 2000 || length % 30 == 0);

    private static FeedDocument InTime(string document, int? entries = 1)
    {
        var clock = Stopwatch.StartNew();
        var feed = Feed.Read(document);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(5), $"{document.Length:N0} characters took {clock.Elapsed}");
        if (entries is not null)
            Assert.True(feed.Entries.Count >= entries);
        return feed;
    }
}
