namespace ThreatWatch.Tests.Ingest.Sources.Feeds;

public sealed class AgreedDocumentsTests
{
    // Its items have no ids. Those that are agreed are one reader's own: SipHash-128 of link and title under two keys that stand in his source
    // alone, so that no rule about the document gives them. We say the link, which is as good from poll to poll. All else must agree, but for the slash that he adds to a bare host.
    private const string IdsNotInDocument = "feed-rs/feed-rs/fixture/jsonfeed/jsonfeed_elastic_1.1.json";

    [Fact]
    public void Every_well_formed_document_and_nearly_every_ill_formed_one_reads_as_independent_parsers_agree()
    {
        var folder = AgreedDocuments.Folder();
        if (folder is null)
            Assert.Skip("NOT RUN: shared/data/feeds/agreed.jsonl is not beside this checkout, so the reader was not held against other parsers.");
        var results = AgreedDocuments.Compare(folder).ToList();
        var wellFormed = results.Where(result => !result.IsBozo && result.Path != IdsNotInDocument).ToList();
        var illFormed = results.Where(result => result.IsBozo).ToList();

        Assert.Empty(wellFormed.Where(result => result.Differences.Count > 0).Select(result => $"{result.Path}: {result.Differences[0]}"));
        var read = illFormed.Count(result => result.Differences.Count == 0);
        Assert.All(results.Single(result => result.Path == IdsNotInDocument).Differences, difference => Assert.Matches(@"^entry \d id: \[https://|link: \[https://example.com\] not \[https://example.com/\]$", difference));
        Assert.True(read >= illFormed.Count * 0.97, $"{read} of {illFormed.Count} ill-formed documents");
    }
}
