using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ThreatWatch.Platform.Hosting;

namespace ThreatWatch.Alerting.Notifying.Sms;

/// <summary>What the provider behind the SMS gateway tells us: receipts, and what people answer. Nothing without its proof is believed.</summary>
public sealed partial class GatewayCallbacks(Settings settings, ReceiptLinks links, Receipts receipts, Replies replies, Gateway gateway, TimeProvider time, ILogger<GatewayCallbacks> logger)
{
    internal const string Root = "gateway/";
    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Post];

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMethods($"/{Root}receipt/{{token?}}", Methods, (string? token, HttpContext context) =>
            context.RequestServices.GetRequiredService<GatewayCallbacks>().ReceiptAsync(token, context)).AllowAnonymous().DisableAntiforgery();
        routes.MapPost($"/{Root}reply/{{token?}}", (string? token, HttpContext context) =>
            context.RequestServices.GetRequiredService<GatewayCallbacks>().ReplyAsync(token, context)).AllowAnonymous().DisableAntiforgery();
    }

    private async Task<IResult> ReceiptAsync(string? token, HttpContext context)
    {
        if (settings.Get<AlertingOptions>().Sms?.Gateway?.Receipts is not { } options)
            return Results.NotFound();
        if (await CallbackFields.ReadAsync(context.Request, context.RequestAborted) is not { } fields)
            return Results.BadRequest();
        var signed = token is null ? null : links.Read(token);
        var isProved = signed is not null
            ? options.SignatureHeader is null || fields.IsProvedBy(options.Secret, options.SignatureHeader, null, context.Request)
            : options.Id is not null && fields.IsProvedBy(options.Secret, options.SignatureHeader, token, context.Request);
        if (!isProved)
        {
            LogForged();
            return Results.StatusCode(StatusCodes.Status403Forbidden);
        }

        var (id, status) = (signed ?? fields[options.Id!], fields[options.Status]);
        if (id.Length > 0 && KindOf(status, options) is { } kind)
            await receipts.TakeAsync(new Receipt(id, id, kind, kind == ReceiptKind.Failed ? "the SMS gateway reports that it did not arrive" : null), CancellationToken.None);
        return Results.NoContent();
    }

    private async Task<IResult> ReplyAsync(string? token, HttpContext context)
    {
        if (settings.Get<AlertingOptions>().Sms?.Gateway is not { Replies: { } options } way)
            return Results.NotFound();
        if (await CallbackFields.ReadAsync(context.Request, context.RequestAborted) is not { } fields)
            return Results.BadRequest();
        if (!fields.IsProvedBy(options.Secret, options.SignatureHeader, token, context.Request))
        {
            LogForged();
            return Results.StatusCode(StatusCodes.Status403Forbidden);
        }

        var from = "+" + fields[options.From].TrimStart('+', ' ');
        if (await replies.TakeAsync(from, fields[options.Text], CancellationToken.None) is { } answer)
            await gateway.SendAsync(way, from, answer, Core.Ids.New(time.GetUtcNow()), CancellationToken.None);
        return Results.NoContent();
    }

    private static ReceiptKind? KindOf(string status, GatewayReceiptOptions options) =>
        options.Delivered.Contains(status, StringComparer.OrdinalIgnoreCase) ? ReceiptKind.Delivered
        : options.Failed.Contains(status, StringComparer.OrdinalIgnoreCase) ? ReceiptKind.Failed
        : null;

    [LoggerMessage(LogLevel.Warning, "A call in the SMS gateway's name without its proof was refused")]
    private partial void LogForged();
}
