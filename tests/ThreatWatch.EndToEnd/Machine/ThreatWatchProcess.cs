using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ThreatWatch.EndToEnd.Machine;

/// <summary>The daemon as a user runs it, with a configuration file of its own.</summary>
public sealed class ThreatWatchProcess : IAsyncDisposable
{
    private static readonly HttpClient Client = new(new HttpClientHandler { UseProxy = false });
    private readonly string _folder;
    private readonly IReadOnlyList<string> _roles;
    private readonly List<ChildProcess> _lives = [];

    /// <param name="folder">Where the configuration and everything relative to it lies.</param>
    /// <param name="settings">The configuration without "http", which this adds.</param>
    /// <param name="roles">None for all.</param>
    public ThreatWatchProcess(string folder, JsonObject settings, params string[] roles)
    {
        _folder = folder;
        _roles = roles;
        Name = roles.Length == 0 ? "all" : string.Join('-', roles);
        Port = TestMachine.FreePort();
        Address = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{Port}");
        Config = Path.Combine(folder, $"{Name}-{Port}.json");
        Write(settings);
    }

    public static string Program { get; } = Path.Combine(AppContext.BaseDirectory, "threatwatch");

    public string Name { get; }

    public int Port { get; }

    public string Address { get; }

    public string Config { get; }

    public ChildProcess Current => _lives[^1];

    /// <summary>The log of all its lives.</summary>
    public IReadOnlyList<string> Log => [.. _lives.SelectMany(life => life.Errors)];

    public void Write(JsonObject settings)
    {
        var whole = (JsonObject)settings.DeepClone();
        var http = (JsonObject)(whole["http"] ??= new JsonObject());
        http["listen"] ??= Address;
        File.WriteAllText(Config + ".new", whole.ToJsonString(new JsonSerializerOptions { WriteIndented = true }));
        File.Move(Config + ".new", Config, overwrite: true);
    }

    /// <summary>Starts it and returns at once.</summary>
    /// <param name="crashAt">A crash point at which it kills itself.</param>
    public ChildProcess Launch(string? crashAt = null)
    {
        var environment = new Dictionary<string, string>();
        if (crashAt is not null)
            environment["THREATWATCH_CRASH_AT"] = crashAt;
        _lives.Add(ChildProcess.Start(Program, ["run", .. _roles, "--config", Config], environment, _folder));
        return Current;
    }

    /// <summary>Starts it under a parent named systemd, by which it knows that it is a service, with the socket to report to.</summary>
    public async Task StartAsServiceAsync(string notifySocket)
    {
        var parent = Path.Combine(_folder, "systemd");
        File.Copy("/bin/sh", parent, overwrite: true);
        const string Script = "trap 'kill -TERM $child' TERM; \"$0\" \"$@\" & child=$!; wait $child; wait $child";
        _lives.Add(ChildProcess.Start(
            parent, ["-c", Script, Program, "run", .. _roles, "--config", Config], new Dictionary<string, string> { ["NOTIFY_SOCKET"] = notifySocket }, _folder));
        await WaitUntilReadyAsync();
    }

    public async Task WaitUntilReadyAsync() =>
        await TestMachine.EventuallyAsync(
            async () =>
            {
                Assert.False(Current.HasExited, $"threatwatch {Name} ended. It said:\n{Current.Said}");
                return await IsReadyAsync();
            },
            TimeSpan.FromSeconds(90),
            () => $"threatwatch {Name} is not ready. It said:\n{Current.Said}");

    public async Task<bool> IsReadyAsync()
    {
        try
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(5));
            using var answer = await Client.GetAsync(new Uri($"{Address}/health/ready"), limit.Token);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>Runs another verb of it on the same configuration.</summary>
    public Task<ChildProcess> VerbAsync(params string[] arguments) => ChildProcess.RunAsync(Program, [.. arguments, "--config", Config], folder: _folder);

    /// <summary>SIGKILL.</summary>
    public Task KillAsync() => Current.KillAsync();

    /// <summary>SIGTERM; how long it took and how it ended.</summary>
    public async Task<(TimeSpan Took, int ExitCode)> StopAsync()
    {
        var watch = System.Diagnostics.Stopwatch.StartNew();
        Current.Terminate();
        await Current.WaitForExitAsync(TimeSpan.FromSeconds(30));
        return (watch.Elapsed, Current.ExitCode);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var life in _lives)
            await life.DisposeAsync();
    }
}
