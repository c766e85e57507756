using ThreatWatch.Ingest.Sources;
using ThreatWatch.Ingest.Sources.Jetstream;
using ThreatWatch.Platform.Storage;
using ThreatWatch.Tests.Wire;

namespace ThreatWatch.Tests.Ingest.Sources.Jetstream;

public sealed class JetstreamToStoreTests
{
    private static readonly long NowUs = SomeEvent.Us(SomeStream.Now);

    private static async Task StoreAll(TemporaryIntake intake, SourceOptions source)
    {
        var cursor = await new CursorStore(intake.Database).FindAsync(source.Id, CancellationToken.None);
        var stream = new JetstreamStream(source, SomeStream.Lines(intake.Time), intake.Time);
        foreach (var batch in (await SomeStream.Read(stream, cursor)).OfType<SourceBatch>())
            await intake.Door.StoreAsync(source, batch, CancellationToken.None);
    }

    [Fact]
    public async Task Posts_of_ours_are_kept_edited_and_taken_back_with_the_author_and_a_repeat_changes_nothing()
    {
        string[][] connections =
        [
            [
                SomeEvent.Post("fire at Cedar Ridge High School", "k1", NowUs),
                SomeEvent.Post("lunch elsewhere", "k2", NowUs + 1),
                SomeEvent.Post("smoke at Cedar Ridge High School", "k3", NowUs + 2, did: "did:plc:other"),
            ],
            // The cursor is inclusive: the last event comes again.
            [
                SomeEvent.Post("smoke at Cedar Ridge High School", "k3", NowUs + 2, did: "did:plc:other"),
                SomeEvent.Post("no fire after all", "k1", NowUs + 3, "update"),
            ],
            [SomeEvent.Account(false, "deactivated", NowUs + 4)],
        ];
        await using var server = new ScriptedSocket(async line =>
        {
            await line.Accept();
            foreach (var message in connections[line.Number - 1])
                await line.Text(message);
            await line.Close("");
        });
        using var intake = new TemporaryIntake();
        var source = SomeStream.Of(SourceType.Jetstream, server.Url);
        await StoreAll(intake, source);
        Assert.Equal(2, (await intake.All()).Count);
        intake.Time.Advance(TimeSpan.FromSeconds(2));
        await StoreAll(intake, source);
        Assert.EndsWith($"&cursor={NowUs + 2}", server.Requests.Last().Path, StringComparison.Ordinal);
        Assert.Equal(3, (await intake.All()).Count);
        intake.Time.Advance(TimeSpan.FromSeconds(2));
        await StoreAll(intake, source);
        Assert.Equal("smoke at Cedar Ridge High School", Assert.Single(await intake.All(), post => post.Text is not null).Text);
    }
}
