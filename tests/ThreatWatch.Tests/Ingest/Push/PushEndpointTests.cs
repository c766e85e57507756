using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using ThreatWatch.Ingest.Polling;
using ThreatWatch.Ingest.Push;
using ThreatWatch.Ingest.Sources;
using ThreatWatch.Platform.Hosting;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Tests.Ingest.Push;

public sealed class PushEndpointTests : IAsyncLifetime
{
    private const string Secret = "a secret of more than thirty-two characters";

    private readonly TemporaryIntake _intake = new(
        SomeSource.BoundTo("cedar") with { Id = "tips", Type = SourceType.Push, Secret = new Secret(Secret) },
        SomeSource.Open with { Id = "news" });

    private readonly HttpClient _client = new(new SocketsHttpHandler());
    private WebApplication? _app;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var visit = new SourceVisit(
            _intake.Door, new SourceStateStore(_intake.Database), new CursorStore(_intake.Database), _intake.Settings, _intake.Time, NullLogger<SourceVisit>.Instance);
        builder.Services.AddSingleton(new PushEndpoint(_intake.Settings, _intake.Door, visit, new ReplayCache(_intake.Time), _intake.Time));
        _app = builder.Build();
        PushEndpoint.Map(_app);
        await _app.StartAsync();
        _client.BaseAddress = new Uri(_app.Urls.First());
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _app!.DisposeAsync();
        _intake.Dispose();
    }

    private async Task<(HttpStatusCode Status, JsonElement Body)> Push(
        string body, string source = "tips", string? type = "application/x-ndjson", TimeSpan late = default, string? secret = null, string? signature = null)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        var timestamp = (_intake.Time.GetUtcNow() - late).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/ingest/{source}") { Content = new ByteArrayContent(bytes) };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        request.Headers.Add(PushSignature.TimestampHeader, timestamp);
        request.Headers.Add(PushSignature.SignatureHeader, signature ?? PushSignature.Of(secret ?? Secret, timestamp, bytes));
        using var response = await _client.SendAsync(request);
        return (response.StatusCode, JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement);
    }

    [Fact]
    public async Task Lines_are_durable_when_202_is_answered()
    {
        var (status, body) = await Push("""{"id":"1","text":"one"}""" + "\n" + """{"id":"2","text":"two","author":"x"}""");
        Assert.Equal((HttpStatusCode.Accepted, 2), (status, body.GetProperty("accepted").GetInt32()));
        Assert.Equal(["one", "two"], (await _intake.All()).Select(post => post.Text));
    }

    [Theory]
    [InlineData("""{"id":"1","text":"one"}""", 1)]
    [InlineData("{ \"id\": \"1\",\n  \"text\": \"on several lines\" }", 1)]
    [InlineData("""[{"id":"1","text":"one"},{"id":2,"text":"two"}]""", 2)]
    [InlineData("[]", 0)]
    public async Task One_object_and_a_list_are_taken_too(string json, int posts)
    {
        var (status, body) = await Push(json, type: "application/json");
        Assert.Equal((HttpStatusCode.Accepted, posts), (status, body.GetProperty("accepted").GetInt32()));
        Assert.Equal(posts, (await _intake.All()).Count);
    }

    [Fact]
    public async Task A_bad_line_is_named_by_its_index_and_costs_no_other()
    {
        var (status, body) = await Push("{\"id\":\"1\",\"text\":\"one\"}\n{broken\n{\"id\":\"3\"}\n{\"id\":\"4\",\"text\":\"four\"}\n");
        Assert.Equal(HttpStatusCode.Accepted, status);
        Assert.Equal([1, 2], body.GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("index").GetInt32()));
        Assert.Equal(2, (await _intake.All()).Count);
        Assert.Equal(2, await _intake.Counter("bad"));
    }

    [Fact]
    public async Task A_request_of_bad_lines_alone_is_refused() => Assert.Equal(HttpStatusCode.BadRequest, (await Push("{broken")).Status);

    [Fact]
    public async Task A_delete_takes_the_text_back()
    {
        await Push("""{"id":"1","text":"one"}""");
        await Push("""{"id":"1","op":"delete"}""");
        Assert.Null(Assert.Single(await _intake.All()).Text);
    }

    [Fact]
    public async Task A_wrong_secret_a_changed_body_and_an_unknown_source_are_refused_alike()
    {
        const string Line = """{"id":"1","text":"one"}""";
        Assert.Equal(HttpStatusCode.Unauthorized, (await Push(Line, secret: "some other secret of thirty-two letters")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await Push(Line, signature: PushSignature.Of(Secret, "1", Encoding.UTF8.GetBytes(Line)))).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await Push(Line, source: "nobody")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await Push(Line, source: "news", secret: "")).Status);
        Assert.Empty(await _intake.All());
    }

    [Theory]
    [InlineData(299, HttpStatusCode.Accepted)]
    [InlineData(-299, HttpStatusCode.Accepted)]
    [InlineData(301, HttpStatusCode.Unauthorized)]
    [InlineData(-301, HttpStatusCode.Unauthorized)]
    public async Task A_timestamp_may_be_five_minutes_off(int seconds, HttpStatusCode expected) =>
        Assert.Equal(expected, (await Push("""{"id":"1","text":"one"}""", late: TimeSpan.FromSeconds(seconds))).Status);

    [Fact]
    public async Task A_recorded_request_can_not_be_used_again()
    {
        const string Line = """{"id":"1","text":"one"}""";
        Assert.Equal(HttpStatusCode.Accepted, (await Push(Line)).Status);
        Assert.Equal(HttpStatusCode.Conflict, (await Push(Line)).Status);
        _intake.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.Accepted, (await Push(Line)).Status);
    }

    [Fact]
    public async Task A_request_that_is_too_large_is_refused_before_it_is_read() =>
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await Push(new string(' ', PushEndpoint.MaxBody + 1))).Status);

    [Fact]
    public void A_full_cache_refuses_and_makes_room_as_requests_grow_old()
    {
        var cache = new ReplayCache(_intake.Time);
        for (var i = 0; i < 100_000; i++)
            cache.Take(i.ToString(CultureInfo.InvariantCulture));
        Assert.Equal(ReplayAnswer.Full, cache.Take("one more"));
        Assert.Equal(ReplayAnswer.Seen, cache.Take("7"));
        _intake.Time.Advance(TimeSpan.FromMinutes(11));
        Assert.Equal(ReplayAnswer.New, cache.Take("one more"));
    }
}
