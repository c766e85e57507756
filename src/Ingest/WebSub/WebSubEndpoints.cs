using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using ThreatWatch.Ingest.Fetching;
using ThreatWatch.Platform.Hosting;

namespace ThreatWatch.Ingest.WebSub;

/// <summary>The callback of W3C WebSub: GET is the hub's question whether we asked (section 5.3), POST its news (section 7).</summary>
internal static class WebSubEndpoints
{
    public static void MapWebSub(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/websub/{source}", VerifyAsync);
        routes.MapPost("/websub/{source}", TakeAsync);
    }

    private static async Task<IResult> VerifyAsync(string source, HttpRequest request, HubPush push, CancellationToken cancellationToken)
    {
        var query = request.Query;
        var lease = long.TryParse(query["hub.lease_seconds"], NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? seconds : (long?)null;
        return await push.ConfirmAsync(source, query["hub.mode"].ToString(), query["hub.topic"].ToString(), lease, cancellationToken)
            ? Results.Text(query["hub.challenge"].ToString())
            : Results.NotFound();
    }

    private static async Task<IResult> TakeAsync(string source, HttpRequest request, HubPush push, Settings settings, CancellationToken cancellationToken)
    {
        // Looked up before the body is read: strangers get no memory.
        if (await push.FindAsync(source, cancellationToken) is not { } subscription)
            return Results.StatusCode(StatusCodes.Status410Gone);
        var most = settings.Get<FetchingOptions>().MaxBytes;
        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = most;
        using var body = new MemoryStream();
        try
        {
            await request.Body.CopyToAsync(body, cancellationToken);
        }
        catch (BadHttpRequestException exception)
        {
            return Results.StatusCode(exception.StatusCode);
        }

        // An invalid signature gets the same answer, so that it tells nothing to who tries.
        await push.TakeAsync(subscription, request.Headers["X-Hub-Signature"], body.ToArray(), request.ContentType, cancellationToken);
        return Results.StatusCode(StatusCodes.Status202Accepted);
    }
}
