using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using ThreatWatch.Ingest.Fetching;
using ThreatWatch.Ingest.Sources;
using ThreatWatch.Ingest.WebSub;
using ThreatWatch.Platform.Hosting;
using ThreatWatch.Platform.Storage;
using ThreatWatch.Tests.Wire;

namespace ThreatWatch.Tests.Ingest.WebSub;

/// <summary>A source with a hub: the hub is a scripted server, our callback a real one, the store a temporary file.</summary>
internal sealed class WebSubRig : IAsyncDisposable
{
    public const string Topic = "https://town.example/feed";

    private readonly HttpMessageInvoker _client = new(new SocketsHttpHandler());
    private readonly WebApplication _app;
    private readonly Fetcher _fetcher;

    private WebSubRig(Func<WireRequest, WireReply> hub)
    {
        Source = SomeSource.BoundTo("cedar") with { Url = new Uri(Topic) };
        Intake = new TemporaryIntake(Source);
        Hub = new ScriptedServer(hub);
        Intake.Settings.Replace(SettingsSnapshot.Of(
            Path.Combine(Intake.Folder, "threatwatch.json"),
            TemporaryIntake.Sections,
            SomeSource.District,
            new[] { Source },
            new FetchingOptions { AllowedAddresses = ["127.0.0.1/32"] },
            new HttpOptions { PublicUrl = new Uri("https://watch.district.example/") }));
        _fetcher = new Fetcher(Intake.Settings, Intake.Time);
        Store = new HubSubscriptionStore(Intake.Database);
        Worker = new WebSubWorker(Intake.Settings, Offers, Store, _fetcher, Intake.Time, NullLogger<WebSubWorker>.Instance);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton(Intake.Settings);
        builder.Services.AddSingleton(new HubPush(Intake.Settings, Store, Intake.Door, Intake.Time, NullLogger<HubPush>.Instance));
        _app = builder.Build();
        _app.MapWebSub();
    }

    public SourceOptions Source { get; }

    public TemporaryIntake Intake { get; }

    public ScriptedServer Hub { get; }

    public HubOffers Offers { get; } = new();

    public HubSubscriptionStore Store { get; }

    public WebSubWorker Worker { get; }

    public static async Task<WebSubRig> StartAsync(Func<WireRequest, WireReply>? hub = null)
    {
        var rig = new WebSubRig(hub ?? (_ => WireReply.Of(202)));
        await rig._app.StartAsync();
        rig.Offers.Offer(rig.Source.Id, rig.Hub.Url("/hub"), new Uri(Topic));
        return rig;
    }

    public Task RunWorkerAsync() => Worker.RunOnceAsync(TestContext.Current.CancellationToken);

    public Task<HubSubscription?> FindAsync() => Store.FindAsync(Source.Id, TestContext.Current.CancellationToken);

    /// <summary>Subscribed and confirmed for ten days.</summary>
    public async Task<HubSubscription> SubscribeAsync()
    {
        await RunWorkerAsync();
        Assert.Equal(HttpStatusCode.OK, (await VerifyAsync()).Status);
        return (await FindAsync())!;
    }

    public Task<(HttpStatusCode Status, string Body)> VerifyAsync(string mode = "subscribe", string topic = Topic, string? source = null, string lease = "864000") =>
        SendAsync(new HttpRequestMessage(HttpMethod.Get, QueryHelpers.AddQueryString(Callback(source), new Dictionary<string, string?>
        {
            ["hub.mode"] = mode, ["hub.topic"] = topic, ["hub.challenge"] = "echo <me>", ["hub.lease_seconds"] = lease,
        })));

    public async Task<HttpStatusCode> PushAsync(string body, string? signature, string? source = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, Callback(source)) { Content = new StringContent(body, Encoding.UTF8, "application/atom+xml") };
        if (signature is not null)
            request.Headers.TryAddWithoutValidation("X-Hub-Signature", signature);
        return (await SendAsync(request)).Status;
    }

    public static string Sign(string body, string secret, string method = "sha256")
    {
        var (key, bytes) = (Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(body));
#pragma warning disable CA5350 // Some hubs still sign with SHA-1.
        return $"{method}=" + Convert.ToHexStringLower(method switch
        {
            "sha1" => HMACSHA1.HashData(key, bytes),
            "sha384" => HMACSHA384.HashData(key, bytes),
            "sha512" => HMACSHA512.HashData(key, bytes),
            _ => HMACSHA256.HashData(key, bytes),
        });
#pragma warning restore CA5350
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _client.Dispose();
        _fetcher.Dispose();
        await Hub.DisposeAsync();
        Intake.Dispose();
    }

    private string Callback(string? source) =>
        $"{_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()}/websub/{source ?? Source.Id}";

    private async Task<(HttpStatusCode Status, string Body)> SendAsync(HttpRequestMessage request)
    {
        using var message = request;
        using var response = await _client.SendAsync(message, TestContext.Current.CancellationToken);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }
}
