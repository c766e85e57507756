using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using ThreatWatch.Alerting.Notifying;
using ThreatWatch.Alerting.Notifying.Http;
using ThreatWatch.Alerting.Notifying.Sms;
using ThreatWatch.Platform.Hosting;
using ThreatWatch.Tests.Wire;

namespace ThreatWatch.Tests.Alerting.Notifying.Sms;

public sealed class GatewayTests
{
    private const string Text = "HIGH \"Cedar\" & <Ridge>: {id} é\nhttps://x.example/a?b=c";

    [Fact]
    public async Task Address_headers_and_body_are_filled_each_by_its_own_rules()
    {
        await using var server = new ScriptedServer(WireReply.Ok("taken"));
        var outcome = await SendAsync(new GatewayOptions
        {
            Url = new Secret(server.Url("/send/{to}?key=k").AbsoluteUri.Replace("%7B", "{", StringComparison.Ordinal).Replace("%7D", "}", StringComparison.Ordinal)),
            Headers = new Dictionary<string, Secret> { ["Idempotency-Key"] = new("{id}"), ["Authorization"] = new("Bearer s3cret") },
        });
        Assert.Equal("note1", Assert.IsType<SendOutcome.Sent>(outcome).ProviderId);
        var request = Assert.Single(server.Requests);
        Assert.Equal(("POST", "/send/%2B15555550101?key=k", "note1", "Bearer s3cret"), (request.Method, request.Path, request["Idempotency-Key"], request["Authorization"]));
        using var body = JsonDocument.Parse(request.Text);
        Assert.Equal((Text, "+15555550101", "note1"), (body.RootElement.GetProperty("text").GetString(), body.RootElement.GetProperty("to").GetString(), body.RootElement.GetProperty("id").GetString()));
    }

    [Theory]
    [InlineData("application/x-www-form-urlencoded", "m={text}", "m=HIGH%20%22Cedar%22%20%26%20%3CRidge%3E%3A%20%7Bid%7D%20%C3%A9%0Ahttps%3A%2F%2Fx.example%2Fa%3Fb%3Dc")]
    [InlineData("text/xml", "<m>{text}</m>", "<m>HIGH &quot;Cedar&quot; &amp; &lt;Ridge&gt;: {id} é\nhttps://x.example/a?b=c</m>")]
    [InlineData("text/plain", "{text}", Text)]
    public async Task Values_are_escaped_as_the_content_type_needs_it(string type, string template, string body)
    {
        await using var server = new ScriptedServer(WireReply.Ok("taken"));
        await SendAsync(new GatewayOptions { Url = new Secret(server.Url("/").AbsoluteUri), Body = template, ContentType = type });
        Assert.Equal(body, Assert.Single(server.Requests).Text);
    }

    [Fact]
    public async Task Its_answers_say_whether_another_try_is_worth_it()
    {
        var replies = new Queue<WireReply>([WireReply.Of(429, null, "Retry-After: 7"), WireReply.Of(400), WireReply.Of(403), WireReply.To("https://elsewhere.example/")]);
        await using var server = new ScriptedServer(_ => replies.Dequeue());
        var options = new GatewayOptions { Url = new Secret(server.Url("/").AbsoluteUri) };
        Assert.Equal(TimeSpan.FromSeconds(7), Assert.IsType<SendOutcome.RetryLater>(await SendAsync(options)).After);
        Assert.Equal("the SMS gateway refuses the message (400)", Assert.IsType<SendOutcome.Rejected>(await SendAsync(options)).Why);
        Assert.Equal(TimeSpan.FromMinutes(1), Assert.IsType<SendOutcome.RetryLater>(await SendAsync(options)).After);
        Assert.Equal(TimeSpan.FromMinutes(1), Assert.IsType<SendOutcome.RetryLater>(await SendAsync(options)).After);
    }

    [Fact]
    public async Task One_that_can_not_be_reached_or_does_not_answer_is_tried_again()
    {
        Assert.Equal(
            new SendOutcome.RetryLater(null, "the SMS gateway can't be reached"),
            await SendAsync(new GatewayOptions { Url = new Secret("http://127.0.0.1:9/") }));
        await using var server = new ScriptedServer(WireReply.Raw([null]));
        var time = new FakeTimeProvider();
        var call = SendAsync(new GatewayOptions { Url = new Secret(server.Url("/").AbsoluteUri) }, time);
        while (server.Requests.IsEmpty)
            await Task.Yield();
        time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(new SendOutcome.RetryLater(TimeSpan.Zero, "the SMS gateway does not answer within 10 s"), await call);
    }

    private static async Task<SendOutcome> SendAsync(GatewayOptions options, TimeProvider? time = null)
    {
        time ??= TimeProvider.System;
        using var http = new ProviderHttp(time);
        using var pace = new ProviderPace(time);
        return await new Gateway(http, pace).SendAsync(options, "+15555550101", Text, "note1", CancellationToken.None);
    }
}
