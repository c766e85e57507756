using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ThreatWatch.Tests.Alerting.Notifying.Email;

/// <summary>A mail server on the wire that answers each command as the test says.</summary>
internal sealed class ScriptedSmtpServer : IDisposable
{
    /// <summary>An answer that means: close the connection without one.</summary>
    public const string Drop = "drop";

    /// <summary>An answer that means: never answer.</summary>
    public const string Silence = "silence";

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _over = new();
    private readonly Func<string, string?> _script;

    /// <param name="script">From a command ("RCPT TO:...", "." for the end of the data) to an answer; null for what a healthy server says.</param>
    public ScriptedSmtpServer(Func<string, string?>? script = null)
    {
        _script = script ?? (_ => null);
        _listener.Start();
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public int Connections { get; private set; }

    public ConcurrentQueue<string> Commands { get; } = new();

    public ConcurrentQueue<string> Accepted { get; } = new();

    public void Dispose()
    {
        _over.Cancel();
        _listener.Dispose();
        _over.Dispose();
    }

    private async Task AcceptAsync()
    {
        var token = _over.Token;
        while (!token.IsCancellationRequested)
        {
            try
            {
                var client = await _listener.AcceptTcpClientAsync(token);
                Connections++;
                _ = TalkAsync(client, token);
            }
            catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task TalkAsync(TcpClient client, CancellationToken token)
    {
        using var _ = client;
        try
        {
            await using var stream = client.GetStream();
            using var reader = new StreamReader(stream, Encoding.Latin1);
            if (!await AnswerAsync("CONNECT", "220 mail.example ready"))
                return;
            while (await reader.ReadLineAsync(token) is { } line)
            {
                Commands.Enqueue(line);
                var verb = line.Split(' ')[0].ToUpperInvariant();
                if (!await AnswerAsync(line, verb switch
                {
                    "EHLO" => "250-mail.example\r\n250-AUTH PLAIN LOGIN\r\n250-DSN\r\n250 8BITMIME",
                    "AUTH" => "235 2.7.0 welcome",
                    "DATA" => "354 go on",
                    "QUIT" => "221 bye",
                    _ => "250 2.0.0 ok",
                }))
                    return;
                if (verb == "DATA" && _script(line) is null && !await ReadDataAsync())
                    return;
            }

            async Task<bool> ReadDataAsync()
            {
                var data = new StringBuilder();
                while (await reader.ReadLineAsync(token) is { } line && line != ".")
                {
                    if (_script("BODY") == Drop)
                        return false;
                    data.AppendLine(line);
                }

                // Counted before it is answered: the client may look as soon as it has the answer.
                if (_script(".") is null)
                    Accepted.Enqueue(data.ToString());
                return await AnswerAsync(".", "250 2.0.0 Ok: queued as 4F1B2");
            }

            async Task<bool> AnswerAsync(string command, string healthy)
            {
                var answer = _script(command) ?? healthy;
                if (answer == Drop)
                    return false;
                if (answer == Silence)
                    await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
                await stream.WriteAsync(Encoding.ASCII.GetBytes(answer + "\r\n"), token);
                return true;
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException or ObjectDisposedException)
        {
            // The client hung up or the test is over.
        }
    }
}
