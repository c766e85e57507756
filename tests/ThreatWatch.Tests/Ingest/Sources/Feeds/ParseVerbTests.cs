using ThreatWatch.Ingest.Sources.Feeds;

namespace ThreatWatch.Tests.Ingest.Sources.Feeds;

public sealed class ParseVerbTests : IDisposable
{
    private const string Document = "<rss><channel><item><guid>1</guid><title>A &amp; ü</title><link>x</link><pubDate>2004-01-01</pubDate></item></channel></rss>";
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("parse");
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_document_becomes_a_line_an_entry()
    {
        var code = await ParseVerb.RunAsync(Write("a.xml", Document), null, "https://a.example/f", _output, _error, default);
        Assert.Equal(0, code);
        Assert.Equal(
            """{"id":"1","url":"https://a.example/x","title":"A & ü","text":"","author":null,"publishedAt":"2004-01-01T00:00:00Z"}""", _output.ToString().Trim());
    }

    [Fact]
    public async Task A_page_is_no_and_a_missing_file_is_wrong_usage()
    {
        Assert.Equal(1, await ParseVerb.RunAsync(Write("a.html", "<html></html>"), null, null, _output, _error, default));
        Assert.Equal(2, await ParseVerb.RunAsync(Path.Combine(_folder.FullName, "none"), null, null, _output, _error, default));
        Assert.Equal(2, await ParseVerb.RunAsync(Write("b.xml", Document), null, "not an address", _output, _error, default));
        Assert.Empty(_output.ToString());
    }

    [Fact]
    public async Task A_batch_answers_every_line_in_order_with_paths_from_its_folder()
    {
        Write("a.xml", Document);
        var batch = Write("batch.ndjson", """
            {"path":"a.xml","contentType":"text/xml","base":"https://a.example/"}
            not json
            {"path":"none.xml"}
            """);
        Assert.Equal(0, await ParseVerb.RunBatchAsync(batch, _output, _error, default));
        var lines = _output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.StartsWith("""{"path":"a.xml","entries":[{"id":"1",""", lines[0], StringComparison.Ordinal);
        Assert.Contains("\"error\":", lines[1], StringComparison.Ordinal);
        Assert.StartsWith("""{"path":"none.xml","error":""", lines[2], StringComparison.Ordinal);
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder.FullName, name);
        File.WriteAllText(path, text);
        return path;
    }
}
