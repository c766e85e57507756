using Microsoft.Extensions.Logging.Abstractions;
using ThreatWatch.Ingest.Sources;
using ThreatWatch.Ingest.Sources.Jetstream;
using ThreatWatch.Platform.Storage;
using ThreatWatch.Tests.Ingest.Fetching;
using ThreatWatch.Tests.Wire;

namespace ThreatWatch.Tests.Ingest.Sources.Jetstream;

public sealed class ProfileWorkerTests : IAsyncDisposable
{
    private const string Labelled = """{"profiles":[{"did":"did:plc:shy","labels":[{"src":"did:plc:shy","val":"!no-unauthenticated"}]},{"did":"did:plc:open","labels":[]}]}""";

    private readonly TemporaryIntake _intake;
    private readonly FetchBench _bench;
    private WireReply _reply = WireReply.Ok(Labelled, "Content-Type: application/json");

    public ProfileWorkerTests()
    {
        _bench = new FetchBench(_ => _reply);
        _intake = new TemporaryIntake(Source);
    }

    private SourceOptions Source => SomeSource.BoundTo("cedar") with { Type = SourceType.Jetstream, Url = new Uri("wss://jetstream.example"), Profiles = _bench.Server.Url() };

    [Fact]
    public async Task Who_opted_out_before_we_read_is_taken_back_and_not_stored_any_more()
    {
        await StoreAsync("1", "did:plc:shy");
        await StoreAsync("2", "did:plc:open");
        using var worker = Worker();
        await worker.RunOnceAsync(CancellationToken.None);
        await StoreAsync("3", "did:plc:shy");
        await worker.RunOnceAsync(CancellationToken.None);

        Assert.Equal(["2"], (await _intake.All()).Where(post => post.Text is not null).Select(post => post.ExternalId));
        Assert.Equal(2, (await _intake.All()).Count);
        var request = Assert.Single(_bench.Server.Requests);
        Assert.StartsWith("/xrpc/app.bsky.actor.getProfiles?actors=did%3Aplc%3A", request.Path, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_takes_the_wish_back_is_read_again_a_day_later()
    {
        await StoreAsync("1", "did:plc:shy");
        using var worker = Worker();
        await worker.RunOnceAsync(CancellationToken.None);
        _reply = WireReply.Ok("""{"profiles":[{"did":"did:plc:shy"}]}""");
        _intake.Time.Advance(TimeSpan.FromHours(25));
        await worker.RunOnceAsync(CancellationToken.None);
        await StoreAsync("2", "did:plc:shy");
        Assert.Equal(["2"], (await _intake.All()).Where(post => post.Text is not null).Select(post => post.ExternalId));
    }

    [Theory]
    [InlineData(500, "")]
    [InlineData(200, "<html>")]
    [InlineData(200, "{\"profiles\":7}")]
    [InlineData(200, "{\"profiles\":[{\"did\":\"did:plc:else\",\"labels\":[{\"val\":\"!no-unauthenticated\"}]},{\"did\":\"did:plc:shy\",\"labels\":[{\"val\":\"!no-unauthenticated\",\"neg\":true}]}]}")]
    public async Task An_answer_that_says_no_such_thing_takes_nothing_back(int status, string body)
    {
        _reply = WireReply.Of(status, System.Text.Encoding.UTF8.GetBytes(body));
        await StoreAsync("1", "did:plc:shy");
        using var worker = Worker();
        await worker.RunOnceAsync(CancellationToken.None);
        await worker.RunOnceAsync(CancellationToken.None);
        Assert.NotNull(Assert.Single(await _intake.All()).Text);
        Assert.Single(_bench.Server.Requests);
    }

    [Fact]
    public void Bluesky_is_asked_for_its_own_stream_and_nobody_for_another_unless_it_is_named()
    {
        Assert.Equal("public.api.bsky.app", (Source with { Profiles = null, Url = new Uri("wss://jetstream2.us-east.bsky.network") }).ProfilesAt?.Host);
        Assert.Null((Source with { Profiles = null }).ProfilesAt);
        Assert.Null((SomeSource.Open with { Url = new Uri("https://x.bsky.network/feed") }).ProfilesAt);
    }

    public async ValueTask DisposeAsync()
    {
        _intake.Dispose();
        await _bench.DisposeAsync();
    }

    private Task StoreAsync(string id, string author) => _intake.Store(Source, SomeSource.Post($"words {id}", id, author));

    private ProfileWorker Worker() => new(
        _intake.Settings, _bench.Fetcher, new AuthorCheckStore(_intake.Database), _intake.Door, _intake.Time, NullLogger<ProfileWorker>.Instance);
}
