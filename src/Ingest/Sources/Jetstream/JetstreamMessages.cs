using System.Net.WebSockets;

namespace ThreatWatch.Ingest.Sources.Jetstream;

/// <summary>
/// Puts the frames of a WebSocket together to messages in one buffer that is used again. A message over the limit is passed over to its
/// end, so that one monster does not cost the connection.
/// </summary>
internal sealed class JetstreamMessages(WebSocket socket, int most)
{
    private byte[] _buffer = new byte[16 * 1024];
    private int _length;
    private bool _isOversized;

    /// <summary>The message that was completed last; overwritten by the next.</summary>
    public ReadOnlySpan<byte> Message => _buffer.AsSpan(0, _length);

    /// <summary>Reads the next message. What is in the socket already is read without waiting.</summary>
    public async ValueTask<MessageKind> ReadAsync(CancellationToken cancellationToken)
    {
        _length = 0;
        _isOversized = false;
        while (true)
        {
            if (_length == _buffer.Length)
                Array.Resize(ref _buffer, _buffer.Length * 2);
            var frame = await socket.ReceiveAsync(_buffer.AsMemory(_length), cancellationToken);
            if (frame.MessageType == WebSocketMessageType.Close)
                return MessageKind.Closed;
            _length += frame.Count;
            if (_length > most)
            {
                _isOversized = true;
                _length = 0;
            }

            if (!frame.EndOfMessage)
                continue;
            if (_isOversized)
                return MessageKind.Oversized;
            return frame.MessageType == WebSocketMessageType.Text ? MessageKind.Text : MessageKind.Binary;
        }
    }
}

/// <summary>What came over the socket.</summary>
internal enum MessageKind
{
    Text,
    Binary,
    Oversized,
    Closed,
}
