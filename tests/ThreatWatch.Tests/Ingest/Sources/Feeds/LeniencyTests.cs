using System.Text;

namespace ThreatWatch.Tests.Ingest.Sources.Feeds;

public sealed class LeniencyTests
{
    [Fact]
    public void Entries_before_a_truncation_are_kept()
    {
        var feed = Feed.Read("<rss><channel><item><title>A</title></item><item><title>B</title><descrip");
        Assert.Equal(["A", "B"], feed.Entries.Select(entry => entry.Title));
    }

    [Fact]
    public void Unclosed_elements_end_with_the_item_around_them()
    {
        var feed = Feed.Read("<rss><channel><item><title>A</title><description>x <b>y</item><item><title>B</title></item></channel></rss>");
        Assert.Equal(["A", "B"], feed.Entries.Select(entry => entry.Title));
        Assert.Equal("x y", feed.Entries[0].Text);
    }

    [Fact]
    public void An_item_that_opens_inside_another_closes_it()
    {
        var feed = Feed.Read("<rss><channel><item><title>A</title><item><title>B</title><item><title>C</title></channel></rss>");
        Assert.Equal(["A", "B", "C"], feed.Entries.Select(entry => entry.Title));
    }

    [Theory]
    [InlineData("I will <shoot them", "I will <shoot them")]
    [InlineData("I will &lt;shoot them &amp;amp; you", "I will <shoot them & you")]
    [InlineData("a <b c", "a <b c")]
    public void Words_behind_a_stray_bracket_are_not_lost(string written, string expected) =>
        Assert.Equal(expected, Feed.OnlyItem($"<title>{written}</title>").Title);

    [Fact]
    public void Junk_before_the_declaration_does_no_harm()
    {
        var feed = Feed.Read("Warning: <b>deprecated</b> in <i>line 4<br>\n<?xml version='1.0'?><rss><channel><item><title>A</title></item></channel></rss>");
        Assert.Equal("A", Assert.Single(feed.Entries).Title);
    }

    [Theory]
    [InlineData("caf&eacute; &nbsp;&hellip;", "café \u00a0…")]
    [InlineData("AT&amp;amp;T", "AT&T")]
    [InlineData("AT&T", "AT&T")]
    [InlineData("5 < 6", "5 < 6")]
    [InlineData("&#x1F52B;&#128299;", "🔫🔫")]
    [InlineData("&#xD83D;&#xDD2B;", "🔫")]
    [InlineData("&#147;hi&#148;", "“hi”")]
    [InlineData("a\u200bb", "a\u200bb")]
    [InlineData("a\u0018b\u000bc", "abc")]
    public void Characters_in_titles_come_out_as_browsers_show_them(string written, string expected) =>
        Assert.Equal(expected, Feed.OnlyItem($"<title>{written}</title>").Title);

    [Fact]
    public void Scripts_and_styles_say_nothing_and_blocks_break_lines()
    {
        var entry = Feed.OnlyItem("<description><![CDATA[<style>p{}</style><h1>A</h1><p>b<br>c<script>alert('d')</script></p><ul><li>e<li>f</ul>]]></description>");
        Assert.Equal("A\nb\nc\ne\nf", entry.Text);
    }

    [Fact]
    public void A_guid_on_every_item_is_told_apart_by_the_link()
    {
        var feed = Feed.Read("<rss><channel><item><guid>g</guid><link>https://a.example/1</link></item><item><guid>g</guid><link>https://a.example/2</link></item></channel></rss>");
        Assert.Equal(["g|https://a.example/1", "g|https://a.example/2"], feed.Entries.Select(entry => entry.Identity));
        Assert.Equal(["g", "g"], feed.Entries.Select(entry => entry.Id));
    }

    [Fact]
    public void Without_guid_and_link_the_same_text_has_the_same_id()
    {
        var first = Feed.OnlyItem("<title>A</title><description>b</description>");
        Assert.StartsWith("sha256:", first.Id, StringComparison.Ordinal);
        Assert.Equal(first.Id, Feed.OnlyItem("<description>b</description><title>A</title>").Id);
        Assert.NotEqual(first.Id, Feed.OnlyItem("<title>A</title><description>c</description>").Id);
    }

    [Fact]
    public void Declared_entities_are_expanded_and_external_ones_never()
    {
        var feed = Feed.Read("""
            <!DOCTYPE rss [<!ENTITY school "Lincoln High"><!ENTITY file SYSTEM "file:///etc/passwd"><!ENTITY % p SYSTEM "https://x.example/p.dtd">]>
            <rss><channel><item><title>&school; &file;</title></item></channel></rss>
            """);
        Assert.Equal("Lincoln High &file;", Assert.Single(feed.Entries).Title);
    }

    [Theory]
    [InlineData("utf-16")]
    [InlineData("utf-16BE")]
    [InlineData("utf-32")]
    [InlineData("utf-32BE")]
    public void Wide_encodings_are_known_with_and_without_a_mark(string name)
    {
        var encoding = Encoding.GetEncoding(name);
        var bytes = encoding.GetBytes("<rss><channel><item><title>Schütze</title></item></channel></rss>");
        foreach (var document in new[] { bytes, [.. encoding.GetPreamble(), .. bytes] })
            Assert.Equal("Schütze", Assert.Single(Assert.IsType<ThreatWatch.Ingest.Sources.Feeds.FeedDocument>(Feed.Outcome(document)).Entries).Title);
    }

    [Theory]
    [InlineData("utf-8", "iso-8859-1", null)]
    [InlineData("windows-1252", "windows-1252", null)]
    [InlineData("iso-8859-1", null, "text/xml; charset=iso-8859-1")]
    [InlineData("iso-8859-1", "made-up", "text/xml; charset=utf-8")]
    public void The_bytes_win_over_what_is_declared(string written, string? declared, string? contentType)
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        var declaration = declared is null ? "<?xml version='1.0'?>" : $"<?xml version='1.0' encoding='{declared}'?>";
        var bytes = Encoding.GetEncoding(written).GetBytes($"{declaration}<rss><channel><item><title>Schütze</title></item></channel></rss>");
        Assert.Equal("Schütze", Assert.Single(Assert.IsType<ThreatWatch.Ingest.Sources.Feeds.FeedDocument>(Feed.Outcome(bytes, contentType)).Entries).Title);
    }

    [Fact]
    public void A_stray_byte_in_utf_8_spoils_only_itself()
    {
        byte[] bytes = [.. "<rss><channel><item><title>Schütze für "u8, 0x93, .. "A"u8, 0x94, .. "</title></item></channel></rss>"u8];
        Assert.Equal("Schütze für “A”", Assert.Single(Assert.IsType<ThreatWatch.Ingest.Sources.Feeds.FeedDocument>(Feed.Outcome(bytes)).Entries).Title);
    }
}
