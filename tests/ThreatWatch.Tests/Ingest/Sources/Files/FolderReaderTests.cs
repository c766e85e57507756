using ThreatWatch.Ingest.Sources;
using ThreatWatch.Ingest.Sources.Files;

namespace ThreatWatch.Tests.Ingest.Sources.Files;

public sealed class FolderReaderTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("threatwatch-");
    private string? _cursor;

    public void Dispose() => _folder.Delete(recursive: true);

    private async Task Put(string name, string content, int minute)
    {
        var path = Path.Combine(_folder.FullName, name);
        await File.WriteAllTextAsync(path, content);
        File.SetLastWriteTimeUtc(path, new DateTime(2026, 1, 1, 0, minute, 0, DateTimeKind.Utc));
    }

    private async Task<string> Ids()
    {
        var ids = new List<string>();
        while (true)
        {
            var batch = Assert.IsType<SourceBatch>(await new FolderReader(_folder.FullName).ReadAsync(_cursor, CancellationToken.None));
            if (batch.NextCursor is null)
                return string.Join(' ', ids);
            _cursor = batch.NextCursor;
            ids.AddRange(batch.Items.OfType<PostItem>().Select(post => post.ExternalId));
            ids.AddRange(batch.Notes?.Select(note => "bad:" + note.What.Split([':', ','])[0]) ?? []);
        }
    }

    [Fact]
    public async Task Each_file_is_read_once_in_the_order_of_their_times()
    {
        await Put("b.ndjson", """{"id":"1","text":"one"}""", 2);
        await Put("a.jsonl", """{"id":"2","text":"two"}""", 3);
        await Put("c.xml", "<rss version='2.0'><channel><item><guid>3</guid><title>three</title></item></channel></rss>", 1);
        Assert.Equal("3 1 2", await Ids());
        Assert.Equal("", await Ids());
    }

    [Fact]
    public async Task A_file_that_changed_is_read_again_and_one_that_comes_with_an_old_time_is_not_missed()
    {
        await Put("b.ndjson", """{"id":"1","text":"one"}""", 2);
        Assert.Equal("1", await Ids());
        await Put("b.ndjson", """{"id":"1","text":"one more"}""", 4);
        await Put("old.ndjson", """{"id":"0","text":"zero"}""", 1);
        Assert.Equal("0 1", await Ids());
    }

    [Fact]
    public async Task Files_that_are_still_written_and_files_of_other_kinds_are_left_alone()
    {
        await Put(".hidden.ndjson", """{"id":"1","text":"one"}""", 1);
        await Put("x.ndjson.tmp", """{"id":"2","text":"two"}""", 1);
        await Put("readme.md", "hello", 1);
        Assert.Equal("", await Ids());
    }

    [Fact]
    public async Task A_broken_file_costs_a_note_and_not_the_others()
    {
        await Put("a.xml", "<html><body>not a feed</body></html>", 1);
        await Put("b.ndjson", "{broken\n" + """{"id":"1","text":"one"}""", 2);
        Assert.Equal("bad:a.xml 1 bad:b.ndjson", await Ids());
    }
}
