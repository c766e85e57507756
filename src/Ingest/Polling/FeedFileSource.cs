using System.Security.Cryptography;
using ThreatWatch.Ingest.Sources;
using ThreatWatch.Ingest.Sources.Feeds;

namespace ThreatWatch.Ingest.Polling;

/// <summary>Reads a feed from a file: the samples, and what another program leaves. The cursor is the content's hash.</summary>
public sealed class FeedFileSource(string path, int maxBytes) : ISourceReader
{
    public async Task<ReadOutcome> ReadAsync(string? cursor, CancellationToken cancellationToken)
    {
        byte[] bytes;
        try
        {
            var file = new FileInfo(path);
            if (file.Exists && file.Length > maxBytes)
                return new ReadFailed($"a file of more than {maxBytes} bytes");
            bytes = await File.ReadAllBytesAsync(path, cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new ReadFailed(exception is FileNotFoundException or DirectoryNotFoundException ? "the file is not there" : "the file can't be read");
        }

        var hash = Convert.ToHexStringLower(SHA256.HashData(bytes));
        if (hash == cursor)
            return SourceBatch.Nothing(null);
        return FeedReader.Read(bytes, null, new Uri(Path.GetFullPath(path))) switch
        {
            FeedDocument feed => new SourceBatch(FeedItems.Of(feed), hash),
            NotAFeed not => new ReadFailed(not.Detail),
            _ => new ReadFailed("no feed"),
        };
    }
}
