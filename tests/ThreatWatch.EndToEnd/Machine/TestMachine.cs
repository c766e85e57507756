using System.Net;
using System.Net.Sockets;

[assembly: AssemblyFixture(typeof(ThreatWatch.EndToEnd.Machine.TestMachine))]

namespace ThreatWatch.EndToEnd.Machine;

/// <summary>
/// The real servers of a test run, each started when the first test asks for it: on a free port, with data that is thrown away.
/// Where a part is not installed, its tests skip and say so.
/// </summary>
public sealed class TestMachine : IAsyncLifetime
{
    private readonly SemaphoreSlim _starting = new(1, 1);
    private RealBroker? _broker;
    private RealDatabase? _database;
    private RealMailServer? _mail;
    private int _names;

    /// <summary>Everything that the run writes.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("threatwatch-e2e-").FullName;

    /// <summary>The root of the checkout.</summary>
    public static string Checkout { get; } = FindCheckout();

    public static bool IsRoot => Environment.UserName == "root";

    public async ValueTask InitializeAsync()
    {
        // Servers that give up root must be able to reach their folders.
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(Folder, (UnixFileMode)0b111_101_101);
        await Task.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        if (_mail is not null)
            await _mail.DisposeAsync();
        if (_broker is not null)
            await _broker.DisposeAsync();
        if (_database is not null)
            await _database.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }

    /// <summary>A name that no other test has.</summary>
    public string NewName(string prefix) => $"{prefix}{Interlocked.Increment(ref _names)}";

    public string NewFolder(string prefix) => Directory.CreateDirectory(Path.Combine(Folder, NewName(prefix))).FullName;

    public async Task<RealBroker> BrokerAsync()
    {
        Require(RealBroker.Missing);
        return await OnceAsync(() => _broker, async () => _broker = await RealBroker.StartAsync(NewFolder("broker")));
    }

    public async Task<RealDatabase> DatabaseAsync()
    {
        Require(RealDatabase.Missing);
        return await OnceAsync(() => _database, async () => _database = await RealDatabase.StartAsync(NewFolder("database")));
    }

    public async Task<RealMailServer> MailAsync()
    {
        Require(RealMailServer.Missing);
        return await OnceAsync(() => _mail, async () => _mail = await RealMailServer.StartAsync(NewFolder("mail")));
    }

    /// <summary>Skips the test, loudly, where something is not there.</summary>
    public static void Require(string? missing)
    {
        if (missing is not null)
            Assert.Skip($"NOT TESTED HERE: {missing} (./test.sh installs it when it runs as root on Debian or Ubuntu)");
    }

    /// <summary>A port that nobody listened on a moment ago.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Looks again and again until it is true; fails the test with what <paramref name="otherwise"/> says.</summary>
    public static async Task EventuallyAsync(Func<Task<bool>> look, TimeSpan atMost, Func<string> otherwise)
    {
        var watch = System.Diagnostics.Stopwatch.StartNew();
        while (!await look())
        {
            if (watch.Elapsed > atMost)
                Assert.Fail($"Not within {atMost.TotalSeconds} s: {otherwise()}");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }
    }

    public static async Task WaitForPortAsync(int port, ChildProcess server, TimeSpan atMost) =>
        await EventuallyAsync(
            async () =>
            {
                Assert.False(server.HasExited, $"The server ended at once. It said:\n{(server.HasExited ? server.Said : "")}");
                try
                {
                    using var client = new TcpClient();
                    await client.ConnectAsync(IPAddress.Loopback, port);
                    return true;
                }
                catch (SocketException)
                {
                    return false;
                }
            },
            atMost,
            () => $"nobody listens on port {port}. It said:\n{server.Said}");

    private async Task<T> OnceAsync<T>(Func<T?> existing, Func<Task<T>> start) where T : class
    {
        await _starting.WaitAsync();
        try
        {
            return existing() ?? await start();
        }
        finally
        {
            _starting.Release();
        }
    }

    private static string FindCheckout()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "ThreatWatch.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("The tests must lie inside the checkout.");
    }
}
