using System.Globalization;
using Npgsql;

namespace ThreatWatch.EndToEnd.Machine;

/// <summary>A PostgreSQL cluster of its own. It refuses to run as root, so that root hands it to an unprivileged user.</summary>
public sealed class RealDatabase : IAsyncDisposable
{
    private static readonly string? Programs = Directory.Exists("/usr/lib/postgresql")
        ? Directory.GetDirectories("/usr/lib/postgresql").OrderDescending().Select(folder => Path.Combine(folder, "bin"))
            .FirstOrDefault(folder => File.Exists(Path.Combine(folder, "initdb")))
        : null;

    private readonly string _folder;
    private readonly bool _waitsForDisk;
    private ChildProcess _server;
    private int _databases;

    private RealDatabase(string folder, int port, bool waitsForDisk)
    {
        (_folder, _waitsForDisk) = (folder, waitsForDisk);
        Port = port;
        _server = Launch();
    }

    public static string? Missing => Programs is null ? "PostgreSQL (apt package postgresql)" : null;

    public int Port { get; }

    /// <summary>The server without a database, for those who make their own.</summary>
    public string Server => string.Create(CultureInfo.InvariantCulture, $"Host=127.0.0.1;Port={Port};Username=threatwatch");

    /// <param name="waitsForDisk">For measurements; a killed process leaves its writes with the kernel, so that no test needs the disk's own word.</param>
    public static async Task<RealDatabase> StartAsync(string folder, bool waitsForDisk = false)
    {
        if (TestMachine.IsRoot)
            await ChildProcess.RunAsync("/bin/chown", ["nobody", folder]);
        var made = await AsUserAsync("initdb", "-D", Path.Combine(folder, "data"), "-U", "threatwatch", "-A", "trust", "-E", "UTF8", "--locale=C", "-N");
        Assert.True(made.ExitCode == 0, made.Said);
        var database = new RealDatabase(folder, TestMachine.FreePort(), waitsForDisk);
        await database.WaitAsync();
        return database;
    }

    /// <summary>A new empty database; its connection string.</summary>
    public async Task<string> NewDatabaseAsync()
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"test{Interlocked.Increment(ref _databases)}");
        await using var connection = new NpgsqlConnection(ConnectionTo("postgres"));
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // A name that was made above.
        command.CommandText = $"create database {name}";
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync();
        return ConnectionTo(name);
    }

    /// <summary>SIGKILL of the whole server, as a power cut.</summary>
    public Task KillAsync() => _server.KillAsync();

    public async Task RestartAsync()
    {
        await _server.KillAsync();
        _server = Launch();
        await WaitAsync();
    }

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();

    private static (string File, List<string> Arguments) AsUser(string program, string[] arguments)
    {
        var path = Path.Combine(Programs!, program);
        return TestMachine.IsRoot
            ? ("/usr/bin/setpriv", ["--reuid=nobody", "--regid=nogroup", "--clear-groups", path, .. arguments])
            : (path, [.. arguments]);
    }

    private static Task<ChildProcess> AsUserAsync(string program, params string[] arguments)
    {
        var (file, all) = AsUser(program, arguments);
        return ChildProcess.RunAsync(file, all);
    }

    private ChildProcess Launch()
    {
        var (file, arguments) = AsUser("postgres",
        [
            "-D", Path.Combine(_folder, "data"), "-p", $"{Port}", "-c", "listen_addresses=127.0.0.1", "-c", $"unix_socket_directories={_folder}",
            "-c", "max_connections=200", "-c", $"fsync={(_waitsForDisk ? "on" : "off")}",
        ]);
        return ChildProcess.Start(file, arguments);
    }

    private string ConnectionTo(string name) =>
        $"{Server};Database={name};Maximum Pool Size=20";

    private async Task WaitAsync() =>
        await TestMachine.EventuallyAsync(
            async () =>
            {
                try
                {
                    await using var connection = new NpgsqlConnection(ConnectionTo("postgres") + ";Pooling=false");
                    await connection.OpenAsync();
                    return true;
                }
                catch (NpgsqlException)
                {
                    return false;
                }
            },
            TimeSpan.FromSeconds(60),
            () => _server.Said);
}
