using System.Text.Json;

namespace ThreatWatch.EndToEnd.Machine;

/// <summary>A real SMTP server; what it accepted can be read.</summary>
public sealed class RealMailServer : IAsyncDisposable
{
    private const string Python = "/usr/bin/python3";
    private readonly string _settings;
    private readonly string _folder;
    private ChildProcess _server;

    private RealMailServer(string folder, int port, string settings)
    {
        _folder = folder;
        Port = port;
        _settings = settings;
        _server = Launch();
    }

    public static string? Missing =>
        File.Exists(Python) && Directory.Exists("/usr/lib/python3/dist-packages/aiosmtpd") ? null : "an SMTP server (apt package python3-aiosmtpd)";

    public int Port { get; }

    /// <summary>Starts one; with a certificate it insists on TLS (by STARTTLS unless <paramref name="implicit"/>), with a user on AUTH.</summary>
    /// <param name="mechanism">LOGIN, PLAIN or XOAUTH2 alone; all that it knows where not given.</param>
    /// <param name="token">For XOAUTH2.</param>
    public static async Task<RealMailServer> StartAsync(
        string folder, string? user = null, string? password = null, string? certificate = null, string? key = null, bool @implicit = false,
        string? mechanism = null, string? token = null)
    {
        var port = TestMachine.FreePort();
        var server = new RealMailServer(
            folder, port, JsonSerializer.Serialize(new { folder, port, user, password, certificate, key, @implicit, mechanism, token }));
        await TestMachine.WaitForPortAsync(port, server._server, TimeSpan.FromSeconds(30));
        return server;
    }

    /// <summary>What it accepted, oldest first.</summary>
    public IReadOnlyList<ReceivedMail> Received() =>
        [.. Directory.GetFiles(_folder, "*.json").Order().Select(file => JsonSerializer.Deserialize<ReceivedMail>(File.ReadAllText(file), JsonSerializerOptions.Web)!)];

    /// <summary>From now on it answers each recipient with this line, such as "451 try later"; null makes it friendly again.</summary>
    public void AnswerWith(string? line)
    {
        var file = Path.Combine(_folder, "answer");
        if (line is null)
            File.Delete(file);
        else
            File.WriteAllText(file, line);
    }

    public Task KillAsync() => _server.KillAsync();

    public async Task RestartAsync()
    {
        await _server.KillAsync();
        _server = Launch();
        await TestMachine.WaitForPortAsync(Port, _server, TimeSpan.FromSeconds(30));
    }

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();

    private ChildProcess Launch() => ChildProcess.Start(Python, [Path.Combine(AppContext.BaseDirectory, "Machine", "mailserver.py"), _settings]);
}

/// <summary>A mail as the server took it.</summary>
/// <param name="Mail">Headers and body, as sent.</param>
/// <param name="At">Seconds since 1970.</param>
public sealed record ReceivedMail(string From, IReadOnlyList<string> To, bool Tls, string User, double At, string Mail);
