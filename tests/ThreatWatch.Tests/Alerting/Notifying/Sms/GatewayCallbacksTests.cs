using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ThreatWatch.Alerting.Notifying.Sms;
using ThreatWatch.Core;
using ThreatWatch.Platform.Hosting;
using ThreatWatch.Platform.Storage;
using ThreatWatch.Tests.Wire;

namespace ThreatWatch.Tests.Alerting.Notifying.Sms;

public sealed class GatewayCallbacksTests : IAsyncLifetime
{
    private const string Secret = "a-secret-of-the-gateway-0";
    private const string Template = "{\"to\":\"{to}\",\"text\":\"{text}\",\"callback\":\"{receipt}\"}";

    private readonly ScriptedServer _provider = new(WireReply.Ok("{}"));
    private readonly HttpClient _caller = new(new SocketsHttpHandler());
    private AlertingHouse _house = null!;
    private WebApplication _app = null!;

    public async ValueTask InitializeAsync()
    {
        _house = new AlertingHouse();
        Configure(new GatewayReceiptOptions());
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton(_house.Get<GatewayCallbacks>());
        _app = builder.Build();
        GatewayCallbacks.Map(_app);
        await _app.StartAsync();
        _caller.BaseAddress = new Uri(_app.Urls.Single());
    }

    public async ValueTask DisposeAsync()
    {
        _caller.Dispose();
        await _app.DisposeAsync();
        await _house.DisposeAsync();
        await _provider.DisposeAsync();
    }

    [Theory]
    [InlineData("GET", "?status=DELIVERED", "", "", NotificationState.Delivered)]
    [InlineData("POST", "", "application/x-www-form-urlencoded", "to=%2B1&status=undelivered", NotificationState.Failed)]
    [InlineData("POST", "", "application/json", """{"status":"delivered","price":null}""", NotificationState.Delivered)]
    [InlineData("POST", "", "application/json", """{"status":"queued"}""", NotificationState.Sent)]
    public async Task The_signed_address_of_a_message_takes_its_receipt_as_query_form_or_json(string method, string query, string type, string body, NotificationState expected)
    {
        var row = await TellAsync();
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(Callback() + query, UriKind.Relative));
        if (type.Length > 0)
            request.Content = new StringContent(body, Encoding.UTF8, type);
        using var answer = await _caller.SendAsync(request);
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        Assert.Equal(expected, (await _house.NotificationsAsync()).Single(one => one.Id == row.Id).State);
    }

    [Fact]
    public async Task A_message_that_did_not_arrive_is_a_failed_channel_and_mail_takes_over_at_once()
    {
        await TellAsync();
        await CallAsync(Callback(), """{"status":"rejected"}""");
        await CallAsync(Callback(), """{"status":"delivered"}""");
        await _house.SendDueAsync();
        Assert.Single(_house.Mails());
        Assert.Equal("the SMS gateway reports that it did not arrive", (await _house.NotificationsAsync()).Single(row => row.Channel == Channel.Sms).Error);
    }

    [Fact]
    public async Task A_receipt_with_another_messages_signature_or_none_is_refused()
    {
        await TellAsync();
        var address = Callback();
        foreach (var forged in (string[])[address[..^1] + (address[^1] == 'A' ? 'B' : 'A'), address.Replace(".", "0.", StringComparison.Ordinal), "/gateway/receipt", "/gateway/receipt/x"])
            Assert.Equal(HttpStatusCode.Forbidden, await CallAsync(forged, """{"status":"failed"}"""));
        Assert.Equal(NotificationState.Sent, Assert.Single(await _house.NotificationsAsync()).State);
    }

    [Fact]
    public async Task A_fixed_address_takes_receipts_that_name_our_id_and_bear_the_providers_signature()
    {
        Configure(new GatewayReceiptOptions { Id = "data.reference", Status = "data.states.0.status", Secret = new Secret(Secret), SignatureHeader = "X-Signature" });
        var row = await TellAsync();
        var body = $$$"""{"data":{"reference":"{{{row.Id}}}","states":[{"status":"failed"}]}}""";
        var mac = HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), Encoding.UTF8.GetBytes(body));
        Assert.Equal(HttpStatusCode.Forbidden, await CallAsync("/gateway/receipt", body));
        Assert.Equal(HttpStatusCode.Forbidden, await CallAsync("/gateway/receipt", body.Replace("failed", "delivered", StringComparison.Ordinal), Convert.ToBase64String(mac)));
        // With a header named, the signed address alone proves nothing.
        Assert.Equal(HttpStatusCode.Forbidden, await CallAsync(Callback(), body));
        Assert.Equal(HttpStatusCode.NoContent, await CallAsync("/gateway/receipt", body, $"sha256={Convert.ToHexString(mac)}"));
        Assert.Equal(NotificationState.Failed, (await _house.NotificationsAsync()).Single(one => one.Id == row.Id).State);
    }

    [Fact]
    public async Task An_answer_of_1_acknowledges_and_is_answered_and_one_without_the_secret_is_nobodys()
    {
        await TellAsync();
        Assert.Contains("Reply 1 to take it", _provider.Requests.Last().Text, StringComparison.Ordinal);
        var answer = """{"from":"15555550101","text":"1"}""";
        Assert.Equal(HttpStatusCode.Forbidden, await CallAsync("/gateway/reply", answer));
        Assert.Equal(HttpStatusCode.Forbidden, await CallAsync("/gateway/reply/a-secret-of-somebody-else-0", answer));
        Assert.Equal(HttpStatusCode.NoContent, await CallAsync($"/gateway/reply/{Secret}", answer));

        var alert = await _house.OnlyAlertAsync();
        Assert.Equal((AlertState.Acknowledged, "ortega", "sms"), (alert.State, alert.AcknowledgedBy, alert.AcknowledgedVia));
        Assert.Contains($"{alert.Id} is yours", _provider.Requests.Last().Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("")]
    public async Task What_is_no_form_and_no_json_is_refused(string body)
    {
        await TellAsync();
        Assert.Equal(body.Length == 0 ? HttpStatusCode.NoContent : HttpStatusCode.BadRequest, await CallAsync(Callback(), body));
    }

    [Fact]
    public async Task Without_receipts_configured_nobody_is_listened_to()
    {
        await TellAsync();
        var address = Callback();
        Configure(null);
        Assert.Equal(HttpStatusCode.NotFound, await CallAsync(address, """{"status":"failed"}"""));
    }

    [Fact]
    public void What_could_never_call_back_or_prove_itself_is_a_mistake()
    {
        Assert.Equal([], Check(new GatewayReceiptOptions(), Template, "https://watch.example/"));
        Assert.Equal(["receipts"], Check(new GatewayReceiptOptions(), "{to}{text}", "https://watch.example/"));
        Assert.Equal(["receipts"], Check(new GatewayReceiptOptions(), Template, null));
        Assert.Equal(["receipts.secret"], Check(new GatewayReceiptOptions { Id = "id" }, "{to}{text}", "https://watch.example/"));
    }

    private static List<string> Check(GatewayReceiptOptions receipts, string body, string? publicUrl)
    {
        var problems = new Problems();
        GatewayOptions.Validate(new GatewayOptions { Url = new Secret("https://sms.example/"), Body = body, Receipts = receipts }, new HttpOptions { PublicUrl = publicUrl is null ? null : new Uri(publicUrl) }, problems);
        return [.. problems.All.Select(problem => problem.Path)];
    }

    private void Configure(GatewayReceiptOptions? receipts)
    {
        var options = Some.Options() with
        {
            Escalation = new() { Steps = [new() { Channels = [Channel.Sms] }], RoundEvery = TimeSpan.FromHours(12) },
            Sms = new SmsOptions
            {
                Gateway = new GatewayOptions { Url = new Secret(_provider.Url("/send").AbsoluteUri), Body = Template, Receipts = receipts, Replies = new GatewayReplyOptions { Secret = new Secret(Secret) } },
            },
        };
        var current = _house.Settings;
        current.Replace(SettingsSnapshot.Of(
            current.Current.File, current.Sections, current.Get<StorageOptions>(), current.Get<District>(), options, new HttpOptions { PublicUrl = new Uri("https://watch.district.example/") }));
    }

    private async Task<Notification> TellAsync()
    {
        await _house.DetectAsync((Some.Post(), RiskLevel.High));
        await _house.SendDueAsync();
        return Assert.Single(await _house.NotificationsAsync());
    }

    // As the provider got it.
    private string Callback()
    {
        using var body = JsonDocument.Parse(_provider.Requests.First().Text);
        return new Uri(body.RootElement.GetProperty("callback").GetString()!).PathAndQuery;
    }

    private async Task<HttpStatusCode> CallAsync(string path, string body, string? signature = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(path, UriKind.Relative)) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        if (signature is not null)
            request.Headers.Add("X-Signature", signature);
        using var answer = await _caller.SendAsync(request);
        return answer.StatusCode;
    }
}
