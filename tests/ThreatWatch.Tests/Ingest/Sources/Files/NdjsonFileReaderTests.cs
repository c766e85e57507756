using ThreatWatch.Ingest.Sources;
using ThreatWatch.Ingest.Sources.Files;

namespace ThreatWatch.Tests.Ingest.Sources.Files;

public sealed class NdjsonFileReaderTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("threatwatch-");
    private string? _cursor;

    private string File => Path.Combine(_folder.FullName, "posts.ndjson");

    public void Dispose() => _folder.Delete(recursive: true);

    private static string Line(string id) => $$"""{"id":"{{id}}","text":"text of {{id}}"}""" + "\n";

    private async Task<SourceBatch> Read()
    {
        // A reader of its own each time: nothing but the cursor may matter.
        var batch = Assert.IsType<SourceBatch>(await new NdjsonFileReader(File).ReadAsync(_cursor, CancellationToken.None));
        _cursor = batch.NextCursor ?? _cursor;
        return batch;
    }

    private async Task<string> Ids()
    {
        var ids = new List<string>();
        SourceBatch batch;
        do
        {
            batch = await Read();
            ids.AddRange(batch.Items.OfType<PostItem>().Select(post => post.ExternalId));
        }
        while (batch.NextAfter == TimeSpan.Zero);
        return string.Join(' ', ids);
    }

    [Fact]
    public async Task Only_what_was_added_is_read()
    {
        await System.IO.File.WriteAllTextAsync(File, Line("a") + Line("b"));
        Assert.Equal("a b", await Ids());
        Assert.Equal("", await Ids());
        await System.IO.File.AppendAllTextAsync(File, Line("c"));
        Assert.Equal("c", await Ids());
    }

    [Fact]
    public async Task A_line_that_is_half_written_waits_for_its_end()
    {
        await System.IO.File.WriteAllTextAsync(File, Line("a") + Line("b")[..12]);
        Assert.Equal("a", await Ids());
        Assert.Equal("", await Ids());
        await System.IO.File.AppendAllTextAsync(File, Line("b")[12..]);
        Assert.Equal("b", await Ids());
    }

    [Fact]
    public async Task A_last_line_without_a_line_feed_is_read()
    {
        await System.IO.File.WriteAllTextAsync(File, Line("a") + Line("b").TrimEnd());
        Assert.Equal("a b", await Ids());
        await System.IO.File.AppendAllTextAsync(File, "\n" + Line("c"));
        Assert.Equal("c", await Ids());
    }

    [Fact]
    public async Task After_a_rotation_the_rest_of_the_old_file_comes_first()
    {
        await System.IO.File.WriteAllTextAsync(File, Line("a"));
        Assert.Equal("a", await Ids());
        await System.IO.File.AppendAllTextAsync(File, Line("b"));
        System.IO.File.Move(File, File + ".1");
        await System.IO.File.WriteAllTextAsync(File, Line("c"));
        Assert.Equal("b c", await Ids());
        await System.IO.File.AppendAllTextAsync(File, Line("d"));
        Assert.Equal("d", await Ids());
    }

    [Fact]
    public async Task A_file_that_was_emptied_is_read_from_its_start()
    {
        await System.IO.File.WriteAllTextAsync(File, Line("a") + Line("b"));
        Assert.Equal("a b", await Ids());
        await System.IO.File.WriteAllTextAsync(File, Line("c"));
        Assert.Equal("c", await Ids());
    }

    [Fact]
    public async Task A_bad_line_costs_that_line()
    {
        await System.IO.File.WriteAllTextAsync(
            File,
            "\ufeff" + Line("a") + "{broken\n\n[1]\n{\"id\":\"x\"}\n{\"text\":\"no id\"}\n{\"id\":\"y\",\"text\":\"\\ud800\"}\n{\"id\":\"z\",\"text\":\"t\"} {}\n" + Line("b"));
        var batch = await Read();
        Assert.Equal(["a", "b"], batch.Items.OfType<PostItem>().Select(post => post.ExternalId));
        Assert.Equal(6, batch.Notes!.Count);
        Assert.DoesNotContain(batch.Notes, note => note.What.Contains("broken", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_line_of_many_megabytes_is_passed_over_in_bounded_bites()
    {
        await System.IO.File.WriteAllTextAsync(File, Line("a") + "{\"id\":\"big\",\"text\":\"" + new string('x', 5 << 20) + "\"}\n" + Line("b"));
        Assert.Equal("a b", await Ids());
    }

    [Fact]
    public async Task Many_lines_come_in_bites_of_a_thousand()
    {
        await System.IO.File.WriteAllTextAsync(File, string.Concat(Enumerable.Range(0, 2500).Select(i => Line($"n{i}"))));
        Assert.Equal(1000, (await Read()).Items.Count);
        Assert.Equal(1500, (await Ids()).Split(' ').Length);
    }

    [Fact]
    public async Task A_line_with_op_delete_takes_a_post_back()
    {
        await System.IO.File.WriteAllTextAsync(File, "{\"id\":\"a\",\"op\":\"delete\"}\n");
        Assert.Equal(new DeletedItem("a"), Assert.Single((await Read()).Items));
    }

    [Fact]
    public async Task A_file_that_is_not_there_is_tried_again() =>
        Assert.Equal("the file is not there", Assert.IsType<ReadFailed>(await new NdjsonFileReader(File).ReadAsync(null, CancellationToken.None)).Why);
}
