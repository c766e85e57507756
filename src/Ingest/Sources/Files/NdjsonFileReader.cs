using System.Security.Cryptography;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Ingest.Sources.Files;

/// <summary>
/// Reads a growing NDJSON file on from where it was left, through rotation: a file is known by how it begins, since its name passes to
/// the next one and the numbers of a file system are used again.
/// </summary>
internal sealed class NdjsonFileReader(string path) : ISourceReader
{
    private const int HeadLength = 1024;

    public async Task<ReadOutcome> ReadAsync(string? cursor, CancellationToken cancellationToken)
    {
        try
        {
            var place = cursor is null ? Place.Start : Json.Read<Place>(cursor);
            await using var file = Open(path);
            if (await IsContinuedAsync(file, place, cancellationToken))
                return await ReadOnAsync(file, place, isComplete: false, cancellationToken);

            // Another file has the name now; what was written to the old one before it was moved away is read first.
            if (await FindMovedAsync(place, cancellationToken) is { } moved)
            {
                await using (moved)
                {
                    if (moved.Length > place.Offset)
                        return await ReadOnAsync(moved, place, isComplete: true, cancellationToken);
                }
            }

            return await ReadOnAsync(file, Place.Start, isComplete: false, cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new ReadFailed(exception is FileNotFoundException or DirectoryNotFoundException ? "the file is not there" : exception.GetType().Name);
        }
    }

    private static async Task<ReadOutcome> ReadOnAsync(FileStream file, Place place, bool isComplete, CancellationToken cancellationToken)
    {
        var batch = await LineBatch.ReadAsync(file, place.Offset, place.IsSkipping, isComplete, cancellationToken);
        if (batch.Offset == place.Offset && batch.Items.Count == 0)
            return SourceBatch.Nothing(null);
        var head = (int)Math.Min(HeadLength, batch.Offset);
        var next = new Place(batch.Offset, batch.IsSkipping, head, await HeadHashAsync(file, head, cancellationToken));
        // After the rest of a moved file comes the new one, at once.
        return new SourceBatch(batch.Items, Json.Write(next), batch.HasMore || isComplete ? TimeSpan.Zero : null, batch.Notes);
    }

    private static async Task<bool> IsContinuedAsync(FileStream file, Place place, CancellationToken cancellationToken) =>
        file.Length >= place.Offset && await HeadHashAsync(file, place.HeadLength, cancellationToken) == place.HeadHash;

    private async Task<FileStream?> FindMovedAsync(Place place, CancellationToken cancellationToken)
    {
        foreach (var candidate in Directory.EnumerateFiles(Path.GetDirectoryName(path)!, Path.GetFileName(path) + "?*"))
        {
            var file = Open(candidate);
            if (await IsContinuedAsync(file, place, cancellationToken))
                return file;
            await file.DisposeAsync();
        }

        return null;
    }

    private static async Task<string> HeadHashAsync(FileStream file, int length, CancellationToken cancellationToken)
    {
        var head = new byte[length];
        file.Seek(0, SeekOrigin.Begin);
        await file.ReadAtLeastAsync(head, length, throwOnEndOfStream: false, cancellationToken);
        return Convert.ToHexStringLower(SHA256.HashData(head).AsSpan(0, 16));
    }

    private static FileStream Open(string path) => new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);

    /// <summary>The cursor: how far, and how the file begins.</summary>
    private sealed record Place(long Offset, bool IsSkipping, int HeadLength, string HeadHash)
    {
        public static Place Start { get; } = new(0, false, 0, Convert.ToHexStringLower(SHA256.HashData([]).AsSpan(0, 16)));
    }
}
