using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ThreatWatch.Alerting.Rehearsing;

/// <summary>A mail server and a text message provider that say yes to everything and keep nothing, on this machine's own address and only while a rehearsal lasts.</summary>
internal sealed class RehearsalProviders : IDisposable
{
    private readonly TcpListener _smtp = new(IPAddress.Loopback, 0);
    private readonly TcpListener _http = new(IPAddress.Loopback, 0);
    private int _messages;

    public RehearsalProviders()
    {
        Open(_smtp, TakeMailAsync);
        Open(_http, TakeTextAsync);
    }

    public int SmtpPort => ((IPEndPoint)_smtp.LocalEndpoint).Port;

    public int HttpPort => ((IPEndPoint)_http.LocalEndpoint).Port;

    public void Dispose()
    {
        _smtp.Dispose();
        _http.Dispose();
    }

    private static void Open(TcpListener listener, Func<StreamReader, Stream, Task> converse)
    {
        listener.Start();
        _ = AcceptAsync(listener, converse);
    }

    private static async Task AcceptAsync(TcpListener listener, Func<StreamReader, Stream, Task> converse)
    {
        try
        {
            while (true)
                _ = ConverseAsync(await listener.AcceptTcpClientAsync(), converse);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // The rehearsal is over.
        }
    }

    private static async Task ConverseAsync(TcpClient client, Func<StreamReader, Stream, Task> converse)
    {
        using var connection = client;
        client.NoDelay = true;
        try
        {
            await using var stream = client.GetStream();
            using var reader = new StreamReader(stream, Encoding.Latin1);
            await converse(reader, stream);
        }
        catch (IOException)
        {
            // The other side hung up.
        }
    }

    private static async Task TakeMailAsync(StreamReader reader, Stream stream)
    {
        await SayAsync(stream, "220 rehearsal");
        while (await reader.ReadLineAsync() is { } line)
        {
            var verb = line.Split(' ')[0].ToUpperInvariant();
            await SayAsync(stream, verb switch
            {
                "EHLO" => "250-rehearsal\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 DSN",
                "DATA" => "354 go on",
                "QUIT" => "221 bye",
                _ => "250 2.0.0 OK",
            });
            if (verb == "QUIT")
                return;
            if (verb != "DATA")
                continue;
            while (await reader.ReadLineAsync() is { } text && text != ".")
            {
                // Nothing is kept.
            }

            await SayAsync(stream, "250 2.0.0 taken");
        }
    }

    private async Task TakeTextAsync(StreamReader reader, Stream stream)
    {
        var length = 0;
        while (await reader.ReadLineAsync() is { } line)
        {
            if (line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase))
                length = int.Parse(line["Content-Length:".Length..], CultureInfo.InvariantCulture);
            if (line.Length > 0)
                continue;
            await reader.ReadBlockAsync(new char[length]);
            var body = $$"""{"sid":"SM{{Interlocked.Increment(ref _messages):x32}}","status":"queued"}""";
            await SayAsync(stream, string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: {body.Length + 2}\r\n\r\n{body}"));
        }
    }

    private static async Task SayAsync(Stream stream, string text) => await stream.WriteAsync(Encoding.ASCII.GetBytes(text + "\r\n"));
}
