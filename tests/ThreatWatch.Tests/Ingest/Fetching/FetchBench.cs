using System.Net;
using Microsoft.Extensions.Time.Testing;
using ThreatWatch.Core;
using ThreatWatch.Ingest.Fetching;
using ThreatWatch.Platform.Hosting;
using ThreatWatch.Tests.Wire;

namespace ThreatWatch.Tests.Ingest.Fetching;

/// <summary>A fetcher that may reach this machine's test servers, with a clock that tests set.</summary>
internal sealed class FetchBench : IAsyncDisposable
{
    private static readonly SettingsSection[] Sections =
    [
        SettingsSection.Of("district", new District(), (_, _, _) => { }),
        SettingsSection.Of("fetching", new FetchingOptions(), (options, _, problems) => FetchingOptions.Validate(options, problems)),
    ];

    public FetchBench(Func<WireRequest, WireReply> script, FetchingOptions? options = null, Func<string, IPAddress[]>? dns = null)
    {
        Server = new ScriptedServer(script);
        Options = options ?? new FetchingOptions { AllowedAddresses = ["127.0.0.0/8"] };
        var snapshot = SettingsSnapshot.Of("threatwatch.json", Sections, Options, new District { Contact = "https://district.example/contact" });
        Settings = new Settings(snapshot, Sections);
        Fetcher = new Fetcher(Settings, Time, (host, _) => Task.FromResult(dns?.Invoke(host) ?? [IPAddress.Loopback]));
    }

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 11, 2, 12, 0, 0, TimeSpan.Zero));

    public ScriptedServer Server { get; }

    public FetchingOptions Options { get; }

    public Settings Settings { get; }

    public Fetcher Fetcher { get; }

    public Task<FetchOutcome> GetAsync(string path = "/") => GetAsync(new FetchRequest(Server.Url(path)));

    public Task<FetchOutcome> GetAsync(FetchRequest request) => Fetcher.FetchAsync(request, TestContext.Current.CancellationToken);

    /// <summary>Lets the clock run, a second at a time, from when the server has the request until the fetch has ended.</summary>
    public async Task<FetchOutcome> GetWhileTimePassesAsync(FetchRequest request)
    {
        var fetch = GetAsync(request);
        while (!fetch.IsCompleted)
        {
            await Task.WhenAny(fetch, Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System));
            if (!Server.Requests.IsEmpty)
                Time.Advance(TimeSpan.FromSeconds(1));
        }

        return await fetch;
    }

    public async ValueTask DisposeAsync()
    {
        Fetcher.Dispose();
        await Server.DisposeAsync();
    }
}
