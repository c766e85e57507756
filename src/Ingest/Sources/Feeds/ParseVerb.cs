using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace ThreatWatch.Ingest.Sources.Feeds;

/// <summary>The verb <c>parse</c>: shows what the reader makes of a feed document, or of a batch of them, as NDJSON.</summary>
public static class ParseVerb
{
    private const int Done = 0;
    private const int AnswerIsNo = 1;
    private const int WrongUsage = 2;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes each entry of one document as a line of JSON, in document order.</summary>
    /// <returns>0 when it is a feed, 1 when it is none, 2 when the file or the base cannot be used.</returns>
    public static async Task<int> RunAsync(string file, string? contentType, string? baseUrl, TextWriter output, TextWriter error, CancellationToken cancellation)
    {
        if (!TryBase(baseUrl, out var address))
            return await FailAsync(error, WrongUsage, $"--base: {baseUrl} is not an absolute address.");
        byte[] document;
        try
        {
            document = await File.ReadAllBytesAsync(file, cancellation);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return await FailAsync(error, WrongUsage, $"{file}: {failure.Message}");
        }
        var outcome = FeedReader.Read(document, contentType, address);
        if (outcome is not FeedDocument feed)
            return await FailAsync(error, AnswerIsNo, $"{file}: {Reason(outcome)}");
        foreach (var entry in feed.Entries)
            await output.WriteLineAsync(JsonSerializer.Serialize(Row.From(entry), Json));
        return Done;
    }

    /// <summary>
    /// Reads lines of <c>{"path","contentType","base"}</c> and writes for each, in order, its entries or why there are none. A
    /// path is relative to the batch file's folder.
    /// </summary>
    /// <returns>0 when all lines were answered, whatever they answer; 2 when the batch file cannot be read.</returns>
    public static async Task<int> RunBatchAsync(string batchFile, TextWriter output, TextWriter error, CancellationToken cancellation)
    {
        try
        {
            var folder = Path.GetDirectoryName(Path.GetFullPath(batchFile)) ?? "";
            await foreach (var line in File.ReadLinesAsync(batchFile, cancellation))
            {
                if (!string.IsNullOrWhiteSpace(line))
                    await output.WriteLineAsync(JsonSerializer.Serialize(await AnswerAsync(line, folder, cancellation), Json));
            }
            return Done;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return await FailAsync(error, WrongUsage, $"{batchFile}: {failure.Message}");
        }
    }

    private static async Task<object> AnswerAsync(string line, string folder, CancellationToken cancellation)
    {
        Request? request;
        try
        {
            request = JsonSerializer.Deserialize<Request>(line, Json);
        }
        catch (JsonException)
        {
            return new Failure(null, "The line is not JSON with a path.");
        }
        if (request?.Path is not { Length: > 0 } path)
            return new Failure(null, "The line has no path.");
        if (!TryBase(request.Base, out var address))
            return new Failure(path, "The base is not an absolute address.");
        byte[] document;
        try
        {
            document = await File.ReadAllBytesAsync(Path.Combine(folder, path), cancellation);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return new Failure(path, failure is FileNotFoundException or DirectoryNotFoundException ? "There is no such file." : "The file cannot be read.");
        }
        return FeedReader.Read(document, request.ContentType, address) switch
        {
            FeedDocument feed => new Answer(path, [.. feed.Entries.Select(Row.From)]),
            var other => new Failure(path, Reason(other)),
        };
    }

    private static string Reason(FeedOutcome outcome) => outcome is NotAFeed none ? none.Detail : "It is no feed.";

    private static bool TryBase(string? text, out Uri? address)
    {
        address = null;
        return string.IsNullOrWhiteSpace(text) || Uri.TryCreate(text, UriKind.Absolute, out address);
    }

    private static async Task<int> FailAsync(TextWriter error, int code, string message)
    {
        await error.WriteLineAsync(message);
        return code;
    }

    private sealed record Request(string? Path, string? ContentType, string? Base);

    private sealed record Failure(string? Path, string Error);

    private sealed record Answer(string Path, IReadOnlyList<Row> Entries);

    private sealed record Row(string Id, string? Url, string Title, string Text, string? Author, string? PublishedAt)
    {
        public static Row From(FeedEntry entry) => new(
            entry.Id,
            entry.Url,
            entry.Title,
            entry.Text,
            entry.Author,
            (entry.PublishedAt ?? entry.UpdatedAt)?.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
    }
}
