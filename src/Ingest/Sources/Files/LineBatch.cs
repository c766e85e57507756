using System.Globalization;

namespace ThreatWatch.Ingest.Sources.Files;

/// <summary>Reads the next lines of an NDJSON file from an offset: a bounded bite, whatever the file or its lines are.</summary>
/// <param name="Items">What the lines say.</param>
/// <param name="Notes">One for each line that can't be read, with its offset.</param>
/// <param name="Offset">Bytes to the first line that was not taken.</param>
/// <param name="IsSkipping">True inside a line that is too long, of which the rest is to be passed over.</param>
/// <param name="HasMore">True where a next call brings more at once.</param>
internal sealed record LineBatch(List<SourceItem> Items, List<SourceNote> Notes, long Offset, bool IsSkipping, bool HasMore)
{
    /// <summary>Bytes of a line; a longer one is no post.</summary>
    public const int MaxLine = 1 << 20;

    private const int MaxBite = 2 * MaxLine;
    private const int MaxLines = 1000;

    /// <param name="isComplete">
    /// False for a file that still grows: a last line without a line feed is then taken only if it is whole, and else left for the next time.
    /// </param>
    public static async Task<LineBatch> ReadAsync(Stream file, long offset, bool isSkipping, bool isComplete, CancellationToken cancellationToken)
    {
        var items = new List<SourceItem>();
        var notes = new List<SourceNote>();
        file.Seek(offset, SeekOrigin.Begin);
        var bite = new byte[(int)Math.Min(MaxBite, Math.Max(0, file.Length - offset))];
        var size = await file.ReadAtLeastAsync(bite, bite.Length, throwOnEndOfStream: false, cancellationToken);
        var atEnd = offset + size >= file.Length;
        var start = 0;
        for (var lines = 0; start < size; lines++)
        {
            if (lines == MaxLines)
                return new LineBatch(items, notes, offset + start, false, true);
            var length = bite.AsSpan(start, size - start).IndexOf((byte)'\n');
            if (length < 0)
                break;
            if (isSkipping)
                isSkipping = false;
            else
                Take(bite.AsSpan(start, length), offset + start, items, notes);
            start += length + 1;
        }

        var rest = bite.AsSpan(start, size - start);
        if (isSkipping || rest.Length > MaxLine)
        {
            if (!isSkipping)
                notes.Add(Bad(offset + start, $"longer than {MaxLine} bytes"));
            return new LineBatch(items, notes, offset + size, true, !atEnd);
        }

        if (atEnd && rest.Length > 0 && (isComplete || NdjsonLine.Parse(rest).Item is not null))
        {
            Take(rest, offset + start, items, notes);
            start = size;
        }

        return new LineBatch(items, notes, offset + start, false, !atEnd);
    }

    private static void Take(ReadOnlySpan<byte> line, long at, List<SourceItem> items, List<SourceNote> notes)
    {
        if (at == 0 && line.StartsWith("\ufeff"u8))
            line = line[3..];
        if (line.IndexOfAnyExcept(" \t\r"u8) < 0)
            return;
        var (item, error) = NdjsonLine.Parse(line);
        if (item is not null)
            items.Add(item);
        else
            notes.Add(Bad(at, error!));
    }

    private static SourceNote Bad(long at, string what) =>
        new(SourceNoteKind.BadItem, string.Create(CultureInfo.InvariantCulture, $"the line at byte {at}: {what}"));
}
