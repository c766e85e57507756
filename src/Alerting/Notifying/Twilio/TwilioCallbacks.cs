using System.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ThreatWatch.Alerting.Notifying.Sms;
using ThreatWatch.Alerting.Notifying.Voice;
using ThreatWatch.Platform.Hosting;

namespace ThreatWatch.Alerting.Notifying.Twilio;

/// <summary>What Twilio tells us: receipts, answers and keys of those who were told. Nothing without its signature is believed.</summary>
public sealed partial class TwilioCallbacks(Settings settings, Receipts receipts, Replies replies, KeyPresses keys, ILogger<TwilioCallbacks> logger)
{
    private const string Root = "twilio/";
    private const long MostBytes = 64 * 1024;

    public static void Map(IEndpointRouteBuilder routes)
    {
        Post("sms/status/{id}", (callbacks, form, id) => callbacks.SmsStatusAsync(form, id!));
        Post("sms/inbound", (callbacks, form, _) => callbacks.SmsInboundAsync(form));
        Post("voice/answer/{id}", (callbacks, form, id) => callbacks.VoiceAnswerAsync(form, id!));
        Post("voice/status/{id}", (callbacks, form, id) => callbacks.VoiceStatusAsync(form, id!));

        void Post(string path, Func<TwilioCallbacks, TwilioForm, string?, Task<IResult>> handle) =>
            routes.MapPost($"/{Root}{path}", async (HttpContext context) =>
            {
                var callbacks = context.RequestServices.GetRequiredService<TwilioCallbacks>();
                var (refusal, form) = await callbacks.ReadAsync(context);
                await (refusal ?? await handle(callbacks, form!, context.Request.RouteValues["id"] as string)).ExecuteAsync(context);
            }).AllowAnonymous().DisableAntiforgery();
    }

    /// <summary>Where Twilio reaches us; null where the daemon has no public address.</summary>
    public static Uri? UrlFor(HttpOptions http, string path) => http.PublicUrl is { } url ? new Uri(url, Root + path) : null;

    private async Task<(IResult? Refusal, TwilioForm? Form)> ReadAsync(HttpContext context)
    {
        if (settings.Get<AlertingOptions>().Twilio is not { } account || settings.Get<HttpOptions>().PublicUrl is not { } url)
            return (Results.NotFound(), null);
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = MostBytes;
        if (!context.Request.HasFormContentType || context.Request.ContentLength > MostBytes)
            return (Results.BadRequest(), null);
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var fields = form.SelectMany(field => field.Value.Select(value => KeyValuePair.Create(field.Key, value ?? ""))).ToList();
        var called = new Uri(url, context.Request.Path.Value!.TrimStart('/') + context.Request.QueryString);
        if (!TwilioSignature.IsValid(context.Request.Headers[TwilioSignature.Header], account.AuthToken.Reveal(), called, fields))
        {
            LogForged();
            return (Results.StatusCode(StatusCodes.Status403Forbidden), null);
        }

        return (null, new TwilioForm(fields));
    }

    private async Task<IResult> SmsStatusAsync(TwilioForm form, string id)
    {
        var (sid, code) = (form["MessageSid"], int.TryParse(form["ErrorCode"], out var number) ? number : 0);
        var receipt = form["MessageStatus"] switch
        {
            "delivered" => new Receipt(id, sid, ReceiptKind.Delivered),
            "read" => new Receipt(id, sid, ReceiptKind.Opened),
            "undelivered" or "failed" => new Receipt(id, sid, ReceiptKind.Failed, TwilioErrors.Say(code)),
            "accepted" or "queued" or "sending" or "sent" => new Receipt(id, sid, ReceiptKind.Accepted),
            _ => null,
        };
        if (receipt is not null && sid.Length > 0)
            await receipts.TakeAsync(receipt, CancellationToken.None);
        return Results.NoContent();
    }

    private async Task<IResult> SmsInboundAsync(TwilioForm form)
    {
        var answer = await replies.TakeAsync(form["From"], form["Body"], CancellationToken.None);
        return answer is null ? Results.NoContent() : Xml($"<Response><Message>{SecurityElement.Escape(answer)}</Message></Response>");
    }

    private async Task<IResult> VoiceAnswerAsync(TwilioForm form, string id)
    {
        var language = settings.Get<AlertingOptions>().Voice?.Language ?? "en-US";
        var said = await keys.TakeAsync(id, form["CallSid"], form["Digits"], CancellationToken.None);
        return Xml(said is null
            ? CallScript.Again(UrlFor(settings.Get<HttpOptions>(), $"voice/answer/{id}")!, language)
            : CallScript.Answer(said, language));
    }

    private async Task<IResult> VoiceStatusAsync(TwilioForm form, string id)
    {
        var sid = form["CallSid"];
        var receipt = form["CallStatus"] switch
        {
            "completed" => new Receipt(id, sid, ReceiptKind.Delivered),
            "busy" => new Receipt(id, sid, ReceiptKind.Failed, "the line is busy"),
            "no-answer" => new Receipt(id, sid, ReceiptKind.Failed, "nobody answers the phone"),
            "failed" or "canceled" => new Receipt(id, sid, ReceiptKind.Failed, "the call could not be made"),
            _ => null,
        };
        if (receipt is not null && sid.Length > 0)
            await receipts.TakeAsync(receipt, CancellationToken.None);
        return Results.NoContent();
    }

    private static IResult Xml(string response) =>
        Results.Content($"<?xml version=\"1.0\" encoding=\"UTF-8\"?>{response}", "text/xml; charset=utf-8");

    [LoggerMessage(LogLevel.Warning, "A call in Twilio's name without its signature was refused; is \"http.publicUrl\" the address that Twilio calls?")]
    private partial void LogForged();
}

/// <summary>The fields of a form that Twilio signed; a field that is missing is empty.</summary>
internal sealed record TwilioForm(IReadOnlyList<KeyValuePair<string, string>> Fields)
{
    public string this[string name] => Fields.FirstOrDefault(field => field.Key == name).Value ?? "";
}
