using System.Globalization;
using ThreatWatch.Ingest.Sources.Feeds;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Ingest.Sources.Files;

/// <summary>
/// Reads the files that are put into a folder, each once and again when it changes; nothing is moved or deleted. Files that are still
/// written should bear a name with a dot in front or ".tmp" or ".part" at the end until they are whole.
/// </summary>
internal sealed class FolderReader(string folder) : ISourceReader
{
    private const int MaxFeed = 32 << 20;
    private static readonly string[] Lines = [".ndjson", ".jsonl"];
    private static readonly string[] Feeds = [".xml", ".rss", ".atom", ".rdf", ".json"];

    public async Task<ReadOutcome> ReadAsync(string? cursor, CancellationToken cancellationToken)
    {
        var place = cursor is null ? new Place([], null, 0, false) : Json.Read<Place>(cursor);
        try
        {
            var files = new DirectoryInfo(folder).GetFiles()
                .Where(file => !file.Name.StartsWith('.') && Lines.Concat(Feeds).Contains(file.Extension.ToLowerInvariant()))
                .OrderBy(file => file.LastWriteTimeUtc)
                .ThenBy(file => file.Name, StringComparer.Ordinal)
                .Select(file => (File: file, Mark: MarkOf(file)))
                .ToList();
            var done = place.Done.ToHashSet();
            var next = files.Find(file => !done.Contains(file.Mark));
            if (next.File is null)
                return SourceBatch.Nothing(null);
            // Files that are gone leave the cursor with the next file that is read.
            var still = files.Select(file => file.Mark).Where(done.Contains);
            return Lines.Contains(next.File.Extension.ToLowerInvariant())
                ? await ReadLinesAsync(next.File, next.Mark, place, still, cancellationToken)
                : await ReadFeedAsync(next.File, next.Mark, still, cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new ReadFailed(exception is DirectoryNotFoundException ? "the folder is not there" : exception.GetType().Name);
        }
    }

    private static async Task<ReadOutcome> ReadLinesAsync(
        FileInfo info, string mark, Place place, IEnumerable<string> done, CancellationToken cancellationToken)
    {
        await using var file = Open(info);
        var (offset, isSkipping) = place.Current == mark ? (place.Offset, place.IsSkipping) : (0, false);
        var batch = await LineBatch.ReadAsync(file, offset, isSkipping, isComplete: true, cancellationToken);
        var next = batch.HasMore
            ? new Place([.. done], mark, batch.Offset, batch.IsSkipping)
            : new Place([.. done, mark], null, 0, false);
        return new SourceBatch(batch.Items, Json.Write(next), TimeSpan.Zero, [.. batch.Notes.Select(note => note with { What = $"{info.Name}, {note.What}" })]);
    }

    private static async Task<ReadOutcome> ReadFeedAsync(FileInfo info, string mark, IEnumerable<string> done, CancellationToken cancellationToken)
    {
        var next = Json.Write(new Place([.. done, mark], null, 0, false));
        if (info.Length > MaxFeed)
            return new SourceBatch([], next, TimeSpan.Zero, [new SourceNote(SourceNoteKind.BadItem, $"{info.Name}: larger than {MaxFeed} bytes")]);
        await using var file = Open(info);
        var document = new byte[file.Length];
        var size = await file.ReadAtLeastAsync(document, document.Length, throwOnEndOfStream: false, cancellationToken);
        return FeedReader.Read(document.AsMemory(0, size), null, null) switch
        {
            FeedDocument feed => new SourceBatch(FeedItems.Of(feed), next, TimeSpan.Zero),
            NotAFeed not => new SourceBatch([], next, TimeSpan.Zero, [new SourceNote(SourceNoteKind.BadItem, $"{info.Name}: {not.Reason}")]),
            _ => throw new InvalidOperationException("unknown outcome"),
        };
    }

    private static FileStream Open(FileInfo info) => new(info.FullName, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);

    private static string MarkOf(FileInfo file) =>
        Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(
            string.Create(CultureInfo.InvariantCulture, $"{file.Name}\n{file.Length}\n{file.LastWriteTimeUtc.Ticks}"))).AsSpan(0, 8));

    /// <summary>The cursor: marks of files that were read, and how far the one in hand was.</summary>
    private sealed record Place(IReadOnlyList<string> Done, string? Current, long Offset, bool IsSkipping);
}
