using System.Globalization;
using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using System.Text;
using ThreatWatch.Ingest.Fetching;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Ingest.Sources.Jetstream;

/// <summary>
/// Reads the public posts of the Bluesky network from a Jetstream (v1 wire, /subscribe). Everything that the socket holds becomes one
/// batch, so that a post goes on at once while the store is idle and batches grow while it is busy.
/// </summary>
internal sealed class JetstreamStream(SourceOptions source, OpenLines lines, TimeProvider time) : ISourceStream
{
    /// <summary>Bytes of an event; a record of a post has a hundredth of it.</summary>
    public const int MaxMessage = 1 << 20;

    private const int MaxBatch = 1000;
    private const int MaxOptedOut = 100_000;
    private const int DidsInAnAddress = 20;

    /// <summary>The whole network is never so long silent; who reads a few authors relies on the socket's pings.</summary>
    internal static readonly TimeSpan Idle = TimeSpan.FromMinutes(1);

    private static readonly string[] Collections = ["app.bsky.feed.post", "app.bsky.actor.profile"];
    private static readonly TimeSpan SaveEvery = TimeSpan.FromSeconds(5);

    // Authors who opted out while we were reading. Those who did before are known by the label on their next profile event only.
    private readonly HashSet<string> _optedOut = [];

    private bool IsWhole => source.Only.Count == 0;

    public async IAsyncEnumerable<ReadOutcome> ReadAllAsync(string? cursor, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var from = JetstreamCursor.Parse(cursor);
        var opened = await lines.WebSocketAsync(Address(from), source.AllowPrivateAddress, cancellationToken);
        if (opened.Line is not { } socket)
        {
            yield return new ReadFailed(opened.Why!, opened.After);
            yield break;
        }

        using var open = socket;
        var messages = new JetstreamMessages(socket, MaxMessage);
        using var idle = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, idle.Token);
        var batch = new Batch(source.Url!.Host, from, IsWhole, time.GetUtcNow());
        var why = await HelloAsync(socket, either.Token);
        while (why is null)
        {
            var read = messages.ReadAsync(either.Token);
            var isDrained = !read.IsCompleted;
            if (isDrained && batch.IsWorthSaving(time.GetUtcNow()))
                yield return batch.Take(time.GetUtcNow());
            // Only the wait counts: a slow store is no silence of the source.
            if (isDrained && IsWhole)
                idle.CancelAfter(Idle);
            (var kind, why) = await ConcludeAsync(read, cancellationToken);
            if (isDrained && IsWhole)
                idle.CancelAfter(Timeout.InfiniteTimeSpan);
            why ??= Add(batch, kind, messages.Message, socket);
            if (batch.Count >= MaxBatch)
                yield return batch.Take(time.GetUtcNow());
        }

        yield return batch.Take(time.GetUtcNow());
        yield return new ReadFailed(why);
    }

    private string? Add(Batch batch, MessageKind kind, ReadOnlySpan<byte> message, WebSocket socket)
    {
        switch (kind)
        {
            case MessageKind.Closed:
                return socket.CloseStatusDescription is { Length: > 0 } said
                    ? $"the server closed the stream: {OneLine(said)}"
                    : "the server closed the stream";
            case MessageKind.Oversized:
                batch.Bad($"an event of more than {MaxMessage} bytes");
                return null;
            case MessageKind.Binary:
                batch.Bad("a binary message, although compression was not asked for");
                return null;
        }

        if (!JetstreamEvent.TryRead(message, out var parsed, out var error))
        {
            batch.Bad(error!);
            return null;
        }

        if (parsed.OptedOut is { } author && _optedOut.Count < MaxOptedOut)
            _optedOut.Add(author);
        batch.Add(parsed.TimeUs, parsed.Item is PostItem { Author: { } by } && _optedOut.Contains(by) ? null : parsed.Item, time.GetUtcNow());
        return null;
    }

    private static async Task<(MessageKind Kind, string? Why)> ConcludeAsync(ValueTask<MessageKind> read, CancellationToken cancellationToken)
    {
        try
        {
            return (await read, null);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (default, string.Create(CultureInfo.InvariantCulture, $"no event for {Idle.TotalSeconds:0} s"));
        }
        catch (WebSocketException exception)
        {
            var isBroken = exception.WebSocketErrorCode == WebSocketError.ConnectionClosedPrematurely;
            return (default, isBroken ? "the connection broke off" : "the server broke the protocol of WebSockets");
        }
    }

    private Uri Address(JetstreamCursor? from)
    {
        var address = new StringBuilder().Append(CultureInfo.InvariantCulture, $"?maxMessageSizeBytes={MaxMessage}");
        address.AppendJoin("", Collections.Select(collection => "&wantedCollections=" + collection));
        if (source.Only.Count > DidsInAnAddress)
            address.Append("&requireHello=true");
        else
            address.AppendJoin("", source.Only.Select(did => "&wantedDids=" + Uri.EscapeDataString(did)));
        if (from is { } cursor)
            address.Append(CultureInfo.InvariantCulture, $"&cursor={cursor.StartFor(source.Url!.Host)}");
        var path = source.Url!.AbsolutePath == "/" ? "/subscribe" : source.Url.AbsolutePath;
        return new Uri(source.Url, path + address);
    }

    // Thousands of DIDs do not fit into an address; the server waits for them in a first message.
    private async Task<string?> HelloAsync(WebSocket socket, CancellationToken cancellationToken)
    {
        if (source.Only.Count <= DidsInAnAddress)
            return null;
        var hello = Json.Write(new
        {
            type = "options_update",
            payload = new
            {
                wantedCollections = Collections,
                wantedDids = source.Only,
                maxMessageSizeBytes = MaxMessage,
            },
        });
        try
        {
            await socket.SendAsync(Encoding.UTF8.GetBytes(hello), WebSocketMessageType.Text, endOfMessage: true, cancellationToken);
            return null;
        }
        catch (WebSocketException)
        {
            return "the connection broke off";
        }
    }

    private static string OneLine(string said) => new([.. said.Take(100).Select(letter => char.IsControl(letter) ? ' ' : letter)]);

    /// <summary>What came since the last batch.</summary>
    private sealed class Batch(string host, JetstreamCursor? from, bool isWhole, DateTimeOffset startedAt)
    {
        private List<SourceItem> _items = [];
        private List<SourceNote>? _notes;
        private JetstreamCursor? _from = from;
        private DateTimeOffset _savedAt = startedAt;
        private long _timeUs;

        public int Count => _items.Count + (_notes?.Count ?? 0);

        // Events that bring nothing still move the cursor, now and then.
        public bool IsWorthSaving(DateTimeOffset now) => Count > 0 || (_timeUs > 0 && now - _savedAt >= SaveEvery);

        public void Add(long timeUs, SourceItem? item, DateTimeOffset now)
        {
            if (_from is { } cursor)
            {
                if (cursor.GapBefore(timeUs, now, isWhole) is { } gap)
                    Note(SourceNoteKind.Gap, gap);
                _from = null;
            }

            _timeUs = timeUs;
            if (item is not null)
                _items.Add(item);
        }

        public void Bad(string what) => Note(SourceNoteKind.BadItem, what);

        public SourceBatch Take(DateTimeOffset now)
        {
            var batch = new SourceBatch(_items, _timeUs > 0 ? new JetstreamCursor(_timeUs, host).ToString() : null, null, _notes) { MayWait = true };
            (_items, _notes, _timeUs, _savedAt) = ([], null, 0, now);
            return batch;
        }

        private void Note(SourceNoteKind kind, string what) => (_notes ??= []).Add(new SourceNote(kind, what));
    }
}
