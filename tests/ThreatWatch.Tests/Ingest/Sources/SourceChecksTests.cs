using Microsoft.Extensions.DependencyInjection;
using ThreatWatch.Ingest.Sources;
using ThreatWatch.Ingest.WebSub;
using ThreatWatch.Tests.Ingest.Sources.Jetstream;
using ThreatWatch.Tests.Wire;

namespace ThreatWatch.Tests.Ingest.Sources;

public sealed class SourceChecksTests
{
    private static async Task<string> Check(SourceOptions source)
    {
        using var intake = new TemporaryIntake(source);
        var time = SomeStream.Clock();
        var factory = new SourceFactory(intake.Settings, SomeStream.Fetcher(time), new HubOffers(), SomeStream.Lines(time), intake.Posts, time);
        var services = new ServiceCollection().AddSingleton(factory).BuildServiceProvider();
        var check = Assert.Single(SourceChecks.Of(intake.Settings.Current, services));
        Assert.Equal("source here", check.Name);
        var found = await check.TryAsync(CancellationToken.None);
        Assert.Empty(await intake.Messages());
        return found;
    }

    [Fact]
    public async Task A_source_that_is_asked_and_one_that_pushes_are_read_once()
    {
        await using var forum = new ScriptedServer(WireReply.Ok("""{"latest_posts":[{"id":1,"cooked":"<p>a</p>","username":"kim"}]}"""));
        Assert.Equal("1 item", await Check(SomeStream.Of(SourceType.Discourse, forum.Url())));
        await using var network = new ScriptedSocket(async line =>
        {
            await line.Accept();
            await line.Text(SomeEvent.Post("one"));
            await line.Hold();
        });
        Assert.Equal("1 item", await Check(SomeStream.Of(SourceType.Jetstream, network.Url)));
    }

    [Fact]
    public async Task Why_a_source_cannot_be_read_is_said()
    {
        await using var forum = new ScriptedServer(WireReply.Of(503));
        Assert.Equal("HTTP 503", (await Assert.ThrowsAsync<InvalidOperationException>(() => Check(SomeStream.Of(SourceType.Discourse, forum.Url())))).Message);
    }
}
