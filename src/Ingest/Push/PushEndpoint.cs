using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using ThreatWatch.Ingest.Intake;
using ThreatWatch.Ingest.Polling;
using ThreatWatch.Ingest.Sources;
using ThreatWatch.Platform.Hosting;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Ingest.Push;

/// <summary>
/// <c>POST /ingest/{source}</c>: the way in for a tip line or another system. 202 means that everything which is not listed under
/// "errors" is durable; any other answer, that it may be sent again.
/// </summary>
public sealed class PushEndpoint(Settings settings, FrontDoor door, SourceVisit visit, ReplayCache replays, TimeProvider time)
{
    /// <summary>Bytes of a request; more is 413.</summary>
    public const int MaxBody = 8 << 20;

    private const int ItemsInATransaction = 1000;

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/ingest/{source}", (string source, HttpContext context, PushEndpoint endpoint) => endpoint.HandleAsync(source, context));

    private async Task<IResult> HandleAsync(string sourceId, HttpContext context)
    {
        var request = context.Request;
        var cancellationToken = context.RequestAborted;
        if (request.ContentLength > MaxBody)
            return Answer(StatusCodes.Status413PayloadTooLarge, $"at most {MaxBody} bytes");
        if (request.Headers.ContentEncoding.Count > 0)
            return Answer(StatusCodes.Status415UnsupportedMediaType, "send the body without Content-Encoding");
        var timestamp = request.Headers[PushSignature.TimestampHeader].ToString();
        if (!PushSignature.IsTimely(timestamp, time.GetUtcNow()))
            return Answer(StatusCodes.Status401Unauthorized, $"{PushSignature.TimestampHeader} must be the time in Unix seconds, at most 5 minutes off");
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = MaxBody + 1;
        if (await ReadAsync(request, cancellationToken) is not { } body)
            return Answer(StatusCodes.Status413PayloadTooLarge, $"at most {MaxBody} bytes");

        // An unknown source and a wrong signature look the same from outside.
        var source = settings.Get<IReadOnlyList<SourceOptions>>().FirstOrDefault(source => source.Id == sourceId && source.Type == SourceType.Push);
        var signature = request.Headers[PushSignature.SignatureHeader].ToString();
        if (source is null || !PushSignature.IsRight(source.Secret.Reveal(), timestamp, body.Span, signature))
            return Answer(StatusCodes.Status401Unauthorized, $"{PushSignature.SignatureHeader} does not fit");
        var key = $"{source.Id} {signature.ToLowerInvariant()}";
        switch (replays.Take(key))
        {
            case ReplayAnswer.Seen:
                return Answer(StatusCodes.Status409Conflict, "this request was taken before; sign a new one with a new timestamp");
            case ReplayAnswer.Full:
                return Answer(StatusCodes.Status503ServiceUnavailable, "too many requests; send again later");
        }

        try
        {
            return await StoreAsync(source, body, IsNdjson(request.ContentType), cancellationToken);
        }
        catch
        {
            replays.GiveBack(key);
            throw;
        }
    }

    private async Task<IResult> StoreAsync(SourceOptions source, ReadOnlyMemory<byte> bytes, bool isNdjson, CancellationToken cancellationToken)
    {
        var body = PushBody.Read(bytes, isNdjson);
        foreach (var items in body.Items.Chunk(ItemsInATransaction))
        {
            var batch = new SourceBatch(items, null);
            await door.StoreAsync(source, batch, cancellationToken);
            await visit.PushedAsync(source, batch, cancellationToken);
        }

        if (body.Errors.Count > 0)
        {
            var notes = body.Errors.Select(error => new SourceNote(SourceNoteKind.BadItem, $"item {error.Index}: {error.Error}"));
            await door.StoreAsync(source, new SourceBatch([], null, null, [.. notes]), cancellationToken);
        }

        var status = body.Items.Count > 0 || body.Errors.Count == 0 ? StatusCodes.Status202Accepted : StatusCodes.Status400BadRequest;
        return Results.Json(new { accepted = body.Items.Count, errors = body.Errors }, Json.Options, statusCode: status);
    }

    private static async Task<ReadOnlyMemory<byte>?> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        using var body = new MemoryStream((int)Math.Min(request.ContentLength ?? 0, MaxBody));
        var bite = new byte[16 * 1024];
        int size;
        while ((size = await request.Body.ReadAsync(bite, cancellationToken)) > 0)
        {
            if (body.Length + size > MaxBody)
                return null;
            body.Write(bite, 0, size);
        }

        return body.ToArray();
    }

    private static bool IsNdjson(string? contentType) =>
        contentType is not null && (contentType.Contains("ndjson", StringComparison.OrdinalIgnoreCase) || contentType.Contains("jsonl", StringComparison.OrdinalIgnoreCase));

    private static IResult Answer(int status, string error) => Results.Json(new { error }, Json.Options, statusCode: status);
}
