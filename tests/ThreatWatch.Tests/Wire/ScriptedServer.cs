using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ThreatWatch.Tests.Wire;

/// <summary>An HTTP server on a real socket that answers exactly what a test wrote, broken answers included.</summary>
public sealed class ScriptedServer : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly Func<WireRequest, WireReply> _script;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;

    public ScriptedServer(Func<WireRequest, WireReply> script)
    {
        _script = script;
        _listener = new TcpListener(IPAddress.Loopback, 0);
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _loop = Task.Run(AcceptAsync);
    }

    /// <summary>Answers the same to everybody.</summary>
    public ScriptedServer(WireReply reply)
        : this(_ => reply)
    {
    }

    public int Port { get; }

    public ConcurrentQueue<WireRequest> Requests { get; } = new();

    public Uri Url(string path = "/", string host = "127.0.0.1") => new($"http://{host}:{Port}{path}");

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _loop;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                _ = Task.Run(() => ServeAsync(client));
            }
            catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var connection = client;
        try
        {
            var stream = client.GetStream();
            while (await WireRequest.ReadAsync(stream, _stop.Token) is { } request)
            {
                Requests.Enqueue(request);
                var reply = _script(request);
                foreach (var part in reply.Parts)
                {
                    if (part is null)
                        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, _stop.Token);
                    else
                        await stream.WriteAsync(part, _stop.Token);
                }

                if (reply.Closes)
                    return;
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException or SocketException)
        {
            // The test is over, or the client left, which some tests want.
        }
    }
}

/// <summary>A request as it came over the wire, Latin-1.</summary>
public sealed record WireRequest(string Method, string Path, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    public string? this[string header] => Headers.GetValueOrDefault(header);

    public string Text => Encoding.UTF8.GetString(Body);

    internal static async Task<WireRequest?> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        var head = new List<byte>();
        var one = new byte[1];
        while (head.Count < 4 || head[^1] != '\n' || head[^3] != '\n')
        {
            if (await stream.ReadAsync(one, cancellationToken) == 0)
                return null;
            head.Add(one[0]);
        }

        var lines = Encoding.Latin1.GetString([.. head]).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        var first = lines[0].Split(' ');
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var line in lines[1..])
            headers[line[..line.IndexOf(':', StringComparison.Ordinal)]] = line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
        var body = new byte[int.Parse(headers.GetValueOrDefault("Content-Length", "0"), CultureInfo.InvariantCulture)];
        await stream.ReadExactlyAsync(body, cancellationToken);
        return new WireRequest(first[0], first[1], headers, body);
    }
}

/// <summary>What goes over the wire; null among the parts holds the connection open for ever.</summary>
public sealed record WireReply(IReadOnlyList<byte[]?> Parts, bool Closes = false)
{
    public static WireReply Ok(string body, params string[] headers) => Of(200, Encoding.UTF8.GetBytes(body), headers);

    public static WireReply Of(int status, byte[]? body = null, params string[] headers) =>
        new([Bytes(Head(status, [.. headers, $"Content-Length: {body?.Length ?? 0}"])), body ?? []]);

    public static WireReply To(string location, int status = 301) => Of(status, null, $"Location: {location}");

    public static WireReply Raw(params object?[] parts) =>
        new([.. parts.Select(part => part switch { null => null, byte[] bytes => bytes, _ => Bytes((string)part) })], Closes: true);

    public static string Head(int status, params string[] headers) =>
        $"HTTP/1.1 {status} Whatever\r\n{string.Concat(headers.Select(header => header + "\r\n"))}\r\n";

    private static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);
}
