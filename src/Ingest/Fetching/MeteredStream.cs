namespace ThreatWatch.Ingest.Fetching;

/// <summary>Counts what is read through it and stops at a limit. One lies between any two layers of compression, so that a bomb in the middle is seen.</summary>
internal sealed class MeteredStream(Stream inner, long limit, Action? beforeRead = null) : Stream
{
    private byte[] _peeked = [];

    public long Count { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => Count;
        set => throw new NotSupportedException();
    }

    /// <summary>The first bytes, which stay to be read; fewer at the end.</summary>
    public async Task<byte[]> PeekAsync(int count, CancellationToken cancellationToken)
    {
        var buffer = new byte[count];
        var got = await this.ReadAtLeastAsync(buffer, count, throwOnEndOfStream: false, cancellationToken);
        return _peeked = buffer[..got];
    }

    /// <exception cref="BodyTooLargeException">The limit was passed.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_peeked.Length > 0 && buffer.Length > 0)
        {
            var part = Math.Min(_peeked.Length, buffer.Length);
            _peeked.AsSpan(0, part).CopyTo(buffer.Span);
            _peeked = _peeked[part..];
            return part;
        }

        beforeRead?.Invoke();
        var got = await inner.ReadAsync(buffer, cancellationToken);
        Count += got;
        return Count <= limit ? got : throw new BodyTooLargeException();
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Read it asynchronously.");

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            inner.Dispose();
        base.Dispose(disposing);
    }
}

/// <summary>Leaves a pile of streams at once; caught by <see cref="BodyReader"/> alone.</summary>
internal sealed class BodyTooLargeException : IOException;
