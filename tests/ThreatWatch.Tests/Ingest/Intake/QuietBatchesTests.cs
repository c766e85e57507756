using ThreatWatch.Ingest.Sources;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Tests.Ingest.Intake;

public sealed class QuietBatchesTests
{
    private static SourceBatch Batch(string cursor, string text, bool mayWait = true) =>
        new([SomeSource.Post(text, cursor) with { IsFirst = true }], cursor) { MayWait = mayWait };

    private static Task<string?> Cursor(TemporaryIntake intake) => new CursorStore(intake.Database).FindAsync(SomeSource.Open.Id, CancellationToken.None);

    [Fact]
    public async Task A_stream_that_says_nothing_of_us_saves_its_cursor_once_a_second_and_loses_no_count()
    {
        using var intake = new TemporaryIntake();
        for (var i = 1; i <= 5; i++)
            await intake.Door.StoreAsync(SomeSource.Open, Batch($"{i}", "nothing of ours"), CancellationToken.None);
        Assert.Equal("1", await Cursor(intake));
        intake.Time.Advance(TimeSpan.FromSeconds(1));
        await intake.Door.StoreAsync(SomeSource.Open, Batch("6", "nothing of ours"), CancellationToken.None);
        Assert.Equal("6", await Cursor(intake));
        Assert.Equal(6, await intake.Counter("out-of-scope"));
    }

    [Fact]
    public async Task What_is_ours_is_stored_at_once()
    {
        using var intake = new TemporaryIntake();
        await intake.Door.StoreAsync(SomeSource.Open, Batch("1", "nothing of ours"), CancellationToken.None);
        await intake.Door.StoreAsync(SomeSource.Open, Batch("2", "nothing of ours"), CancellationToken.None);
        await intake.Door.StoreAsync(SomeSource.Open, Batch("3", "fire at Cedar Ridge High School"), CancellationToken.None);
        Assert.Equal("3", await Cursor(intake));
        Assert.Single(await intake.All());
        await intake.Door.StoreAsync(SomeSource.Open, new SourceBatch([new DeletedItem("3")], "4") { MayWait = true }, CancellationToken.None);
        Assert.Equal("4", await Cursor(intake));
        Assert.Equal(2, await intake.Counter("out-of-scope"));
    }

    [Fact]
    public async Task A_source_that_is_asked_saves_its_cursor_every_time()
    {
        using var intake = new TemporaryIntake();
        await intake.Door.StoreAsync(SomeSource.Open, Batch("1", "nothing of ours", mayWait: false), CancellationToken.None);
        await intake.Door.StoreAsync(SomeSource.Open, Batch("2", "nothing of ours", mayWait: false), CancellationToken.None);
        Assert.Equal("2", await Cursor(intake));
    }
}
