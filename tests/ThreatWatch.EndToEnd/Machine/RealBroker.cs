using System.Globalization;

namespace ThreatWatch.EndToEnd.Machine;

/// <summary>A RabbitMQ of its own: its ports, its data, its Erlang name server; nothing of the machine's own broker is touched.</summary>
public sealed class RealBroker : IAsyncDisposable
{
    private const string Server = "/usr/lib/rabbitmq/bin/rabbitmq-server";
    private readonly string _folder;
    private readonly ChildProcess _epmd;
    private readonly Dictionary<string, string> _environment;
    private ChildProcess _server;

    private RealBroker(string folder, int port, ChildProcess epmd, Dictionary<string, string> environment)
    {
        _folder = folder;
        Port = port;
        _epmd = epmd;
        _environment = environment;
        _server = ChildProcess.Start(Server, [], environment, folder);
    }

    public static string? Missing => File.Exists(Server) && File.Exists("/usr/bin/epmd") ? null : "RabbitMQ (apt package rabbitmq-server)";

    public int Port { get; }

    public string Uri => string.Create(CultureInfo.InvariantCulture, $"amqp://guest:guest@127.0.0.1:{Port}/");

    public static async Task<RealBroker> StartAsync(string folder)
    {
        var port = TestMachine.FreePort();
        var names = TestMachine.FreePort();
        var epmd = ChildProcess.Start("/usr/bin/epmd", ["-port", $"{names}", "-address", "127.0.0.1"]);
        await File.WriteAllTextAsync(Path.Combine(folder, "plugins"), "[].\n");
        await File.WriteAllTextAsync(Path.Combine(folder, "env.conf"), "");
        await File.WriteAllTextAsync(
            Path.Combine(folder, "rabbitmq.conf"),
            string.Create(CultureInfo.InvariantCulture, $"listeners.tcp.local = 127.0.0.1:{port}\nlog.console = true\nlog.console.level = warning\nlog.file = false\ndisk_free_limit.absolute = 50MB\nvm_memory_high_watermark.relative = 0.3\n"));
        var broker = new RealBroker(folder, port, epmd, new()
        {
            ["HOME"] = folder,
            ["ERL_EPMD_PORT"] = $"{names}",
            ["ERL_EPMD_ADDRESS"] = "127.0.0.1",
            ["RABBITMQ_NODENAME"] = $"threatwatch{port}@localhost",
            ["RABBITMQ_DIST_PORT"] = $"{TestMachine.FreePort()}",
            ["RABBITMQ_CONF_ENV_FILE"] = Path.Combine(folder, "env.conf"),
            ["RABBITMQ_CONFIG_FILE"] = Path.Combine(folder, "rabbitmq.conf"),
            ["RABBITMQ_MNESIA_BASE"] = Path.Combine(folder, "mnesia"),
            ["RABBITMQ_LOG_BASE"] = Path.Combine(folder, "log"),
            ["RABBITMQ_ENABLED_PLUGINS_FILE"] = Path.Combine(folder, "plugins"),
            ["RABBITMQ_GENERATED_CONFIG_DIR"] = Path.Combine(folder, "generated"),
            ["RABBITMQ_PID_FILE"] = Path.Combine(folder, "pid"),
            // With it the script becomes the server, so that its process id is the one to kill; nobody listens there.
            ["NOTIFY_SOCKET"] = Path.Combine(folder, "notify"),
            // Two busy schedulers are enough, and leave the machine to the tests.
            ["RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS"] = "+S 2:2 +sbwt none +sbwtdcpu none +sbwtdio none",
        });
        await broker.WaitAsync();
        return broker;
    }

    /// <summary>SIGKILL: connections break in the middle of whatever they did.</summary>
    public Task KillAsync() => _server.KillAsync();

    public async Task RestartAsync()
    {
        await _server.KillAsync();
        _server = ChildProcess.Start(Server, [], _environment, _folder);
        await WaitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _epmd.DisposeAsync();
    }

    private async Task WaitAsync() => await TestMachine.WaitForPortAsync(Port, _server, TimeSpan.FromSeconds(90));
}
