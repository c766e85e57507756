using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ThreatWatch.Tests.Alerting.Notifying.Email;

/// <summary>As much of IMAP (RFC 3501, and IDLE of RFC 2177) on the wire as reading a folder needs.</summary>
internal sealed class ScriptedImapServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _over = new();
    private readonly TaskCompletionSource _idles = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile Func<string, Task>? _idler;

    public ScriptedImapServer()
    {
        _listener.Start();
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>The folder: each message and whether it was read. A message's UID is its place, from 1.</summary>
    public List<(string Text, bool IsSeen)> Messages { get; } = [];

    public ConcurrentQueue<string> Commands { get; } = new();

    public string Password { get; set; } = "secret";

    public bool KnowsIdle { get; init; }

    /// <summary>Completes when a client first waits by IDLE.</summary>
    public Task Idles => _idles.Task;

    public int Logins => Commands.Count(command => command.Contains(" LOGIN ", StringComparison.Ordinal));

    /// <summary>A message comes in, and whoever waits by IDLE is told.</summary>
    public async Task ArriveAsync(string text)
    {
        Messages.Add((text, false));
        if (_idler is { } say)
            await say($"* {Messages.Count} EXISTS\r\n");
    }

    public void Dispose()
    {
        _over.Cancel();
        _listener.Dispose();
        _over.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (!_over.IsCancellationRequested)
                _ = TalkAsync(await _listener.AcceptTcpClientAsync(_over.Token), _over.Token);
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task TalkAsync(TcpClient client, CancellationToken token)
    {
        using var _ = client;
        try
        {
            await using var stream = client.GetStream();
            using var reader = new StreamReader(stream, Encoding.Latin1);
            await SayAsync($"* OK [CAPABILITY {Capabilities}] ready\r\n");
            while (await reader.ReadLineAsync(token) is { } line)
            {
                Commands.Enqueue(line);
                var tag = line.Split(' ')[0];
                var command = line[(tag.Length + 1)..];
                if (command == "IDLE")
                {
                    await SayAsync("+ idling\r\n");
                    _idler = SayAsync;
                    _idles.TrySetResult();
                    await reader.ReadLineAsync(token); // DONE
                    _idler = null;
                }

                await SayAsync(command.StartsWith("LOGIN", StringComparison.Ordinal) && !command.Contains(Password, StringComparison.Ordinal)
                    ? $"{tag} NO [AUTHENTICATIONFAILED] no\r\n"
                    : $"{Answer(command)}{tag} OK {(command.StartsWith("SELECT", StringComparison.Ordinal) ? "[READ-WRITE] " : "")}done\r\n");
            }

            Task SayAsync(string text) => stream.WriteAsync(Encoding.Latin1.GetBytes(text), token).AsTask();
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException or ObjectDisposedException)
        {
            // The client hung up or the test is over.
        }
    }

    private string Capabilities => KnowsIdle ? "IMAP4rev1 IDLE" : "IMAP4rev1";

    private string Answer(string command)
    {
        var words = command.Split(' ');
        return words switch
        {
            ["CAPABILITY"] => $"* CAPABILITY {Capabilities}\r\n",
            ["LIST", ..] => command.Contains("INBOX", StringComparison.Ordinal) ? "* LIST () \"/\" INBOX\r\n" : "* LIST (\\Noselect) \"/\" \"\"\r\n",
            ["SELECT", ..] => $"* FLAGS (\\Seen)\r\n* {Messages.Count} EXISTS\r\n* 0 RECENT\r\n* OK [UIDVALIDITY 1] ok\r\n* OK [PERMANENTFLAGS (\\Seen)] ok\r\n",
            ["NOOP" or "CHECK", ..] => $"* {Messages.Count} EXISTS\r\n",
            ["UID", "SEARCH", ..] => $"* SEARCH{string.Concat(Messages.Index().Where(pair => !pair.Item.IsSeen).Select(pair => $" {pair.Index + 1}"))}\r\n",
            ["UID", "FETCH", var uid, ..] => Fetch(int.Parse(uid, null), command.Contains("[HEADER]", StringComparison.Ordinal)),
            ["UID", "STORE", var uid, ..] => Store(int.Parse(uid, null)),
            _ => "",
        };
    }

    private string Fetch(int uid, bool headersAlone)
    {
        var text = Messages[uid - 1].Text.ReplaceLineEndings("\r\n");
        var part = headersAlone ? text[..(text.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)] : text;
        return $"* {uid} FETCH (UID {uid} BODY[{(headersAlone ? "HEADER" : "")}] {{{Encoding.Latin1.GetByteCount(part)}}}\r\n{part})\r\n";
    }

    private string Store(int uid)
    {
        Messages[uid - 1] = (Messages[uid - 1].Text, true);
        return "";
    }
}
