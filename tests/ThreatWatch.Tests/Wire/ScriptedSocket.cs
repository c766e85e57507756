using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace ThreatWatch.Tests.Wire;

/// <summary>
/// A WebSocket server on a real socket that writes the frames a test gives, fragments, pings and broken ones included. It is written by
/// hand since a proper server would not send what ours must survive.
/// </summary>
public sealed class ScriptedSocket : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly Func<ScriptedLine, Task> _script;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;

    public ScriptedSocket(Func<ScriptedLine, Task> script)
    {
        _script = script;
        _listener = new TcpListener(IPAddress.Loopback, 0);
        _listener.Start();
        Url = new Uri($"ws://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");
        _loop = Task.Run(AcceptAsync);
    }

    public Uri Url { get; }

    public ConcurrentQueue<WireRequest> Requests { get; } = new();

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
            catch (Exception exception) when (exception is OperationCanceledException or SocketException)
            {
                return;
            }
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var connection = client;
        client.NoDelay = true;
        try
        {
            var stream = client.GetStream();
            if (await WireRequest.ReadAsync(stream, _stop.Token) is not { } request)
                return;
            Requests.Enqueue(request);
            await _script(new ScriptedLine(stream, request, Requests.Count, _stop.Token));
            // A socket that is closed over unread pongs resets the connection, and what was sent is lost.
            client.Client.Shutdown(SocketShutdown.Send);
            await stream.CopyToAsync(Stream.Null, _stop.Token);
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException or SocketException)
        {
            // The test is over, or the client left, which some tests want.
        }
    }
}

/// <summary>One connection to a <see cref="ScriptedSocket"/>.</summary>
/// <param name="Number">1 for the first connection to the server.</param>
public sealed record ScriptedLine(Stream Stream, WireRequest Request, int Number, CancellationToken Stopped)
{
    public async Task Accept()
    {
#pragma warning disable CA5350 // RFC 6455 asks for SHA-1.
        var accept = Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(Request["Sec-WebSocket-Key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
#pragma warning restore CA5350
        await Raw(Encoding.ASCII.GetBytes(WireReply.Head(101, "Upgrade: websocket", "Connection: Upgrade", $"Sec-WebSocket-Accept: {accept}")));
    }

    public Task Refuse(int status, params string[] headers) => Raw(Encoding.ASCII.GetBytes(WireReply.Head(status, [.. headers, "Content-Length: 0"])));

    public Task Text(string message) => Raw(Frame(0x81, Encoding.UTF8.GetBytes(message)));

    public Task Binary(params byte[] message) => Raw(Frame(0x82, message));

    public Task Ping() => Raw(Frame(0x89, []));

    /// <summary>The message cut into frames of so many bytes, with a ping between them, as the protocol allows.</summary>
    public async Task Fragments(string message, int size)
    {
        var bytes = Encoding.UTF8.GetBytes(message);
        for (var at = 0; at < bytes.Length; at += size)
        {
            var isLast = at + size >= bytes.Length;
            await Raw(Frame((byte)((at == 0 ? 0x01 : 0x00) | (isLast ? 0x80 : 0x00)), bytes[at..Math.Min(bytes.Length, at + size)]));
            if (!isLast)
                await Ping();
        }
    }

    /// <summary>The bytes of a message one by one.</summary>
    public async Task Drip(string message)
    {
        foreach (var one in Frame(0x81, Encoding.UTF8.GetBytes(message)))
            await Raw([one]);
    }

    public Task Close(string why) => Raw(Frame(0x88, [0x03, 0xE8, .. Encoding.UTF8.GetBytes(why)]));

    public Task Hold() => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, Stopped);

    /// <summary>The next message of the client, unmasked; for messages under 64 KiB.</summary>
    public async Task<string> Receive()
    {
        while (true)
        {
            var head = new byte[2];
            await Stream.ReadExactlyAsync(head, Stopped);
            var length = head[1] & 0x7F;
            if (length == 126)
            {
                var more = new byte[2];
                await Stream.ReadExactlyAsync(more, Stopped);
                length = (more[0] << 8) | more[1];
            }

            var rest = new byte[4 + length];
            await Stream.ReadExactlyAsync(rest, Stopped);
            if ((head[0] & 0x0F) == 1)
                return Encoding.UTF8.GetString([.. rest[4..].Select((one, i) => (byte)(one ^ rest[i % 4]))]);
        }
    }

    public async Task Raw(byte[] bytes)
    {
        await Stream.WriteAsync(bytes, Stopped);
        await Stream.FlushAsync(Stopped);
    }

    private static byte[] Frame(byte first, byte[] payload) => payload.Length switch
    {
        < 126 => [first, (byte)payload.Length, .. payload],
        < 65536 => [first, 126, (byte)(payload.Length >> 8), (byte)payload.Length, .. payload],
        _ => [first, 127, 0, 0, 0, 0, (byte)(payload.Length >> 24), (byte)(payload.Length >> 16), (byte)(payload.Length >> 8), (byte)payload.Length, .. payload],
    };
}
