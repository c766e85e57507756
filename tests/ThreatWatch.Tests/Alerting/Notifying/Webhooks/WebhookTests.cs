using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ThreatWatch.Alerting.Notifying.Webhooks;
using ThreatWatch.Core;
using ThreatWatch.Platform.Hosting;
using ThreatWatch.Platform.Storage;
using ThreatWatch.Tests.Wire;

namespace ThreatWatch.Tests.Alerting.Notifying.Webhooks;

public sealed class WebhookTests
{
    private const string Key = "a secret of twenty-four letters";

    [Fact]
    public async Task A_generic_webhook_gets_signed_facts_and_no_word_of_the_post()
    {
        await using var server = new ScriptedServer(WireReply.Of(204));
        await using var house = await TellAsync(server, WebhookKind.Generic);
        var request = Assert.Single(server.Requests);
        var row = Assert.Single(await house.NotificationsAsync());
        Assert.Equal((NotificationState.Sent, row.Id), (row.State, request["webhook-id"]));
        Assert.Equal(AlertingHouse.Start.ToUnixTimeSeconds().ToString(null, null), request["webhook-timestamp"]);
        var mac = HMACSHA256.HashData(Encoding.UTF8.GetBytes(Key), Encoding.UTF8.GetBytes($"{row.Id}.{request["webhook-timestamp"]}.{request.Text}"));
        Assert.Equal($"v1,{Convert.ToBase64String(mac)}", request["webhook-signature"]);
        using var body = JsonDocument.Parse(request.Text);
        Assert.Equal(("alert.first", "ortega", row.AlertId), (Text(body, "type"), Text(body, "to"), Text(body, "alert", "id")));
        Assert.StartsWith("FBI high level", Text(body, "alert", "meaning"), StringComparison.Ordinal);
        Assert.Equal(("High", "Cedar Ridge High School"), (Text(body, "alert", "level"), Text(body, "alert", "school")));
        Assert.DoesNotContain("gun", request.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_signature_is_that_of_the_published_example() =>
        // From the libraries of standardwebhooks.com.
        Assert.Equal(
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
            WebhookNotifier.Sign(new Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", """{"test": 2432232314}"""));

    [Fact]
    public async Task Slack_gets_blocks_with_the_button_and_as_much_of_the_post_as_the_district_allows()
    {
        await using var server = new ScriptedServer(WireReply.Ok("ok"));
        await using var house = await TellAsync(server, WebhookKind.Slack, postCharacters: 12);
        using var body = JsonDocument.Parse(Assert.Single(server.Requests).Text);
        var alert = await house.OnlyAlertAsync();
        Assert.Equal($"HIGH threat - Cedar Ridge High School: names intent, means [{alert.Id}]", Text(body, "text"));
        var blocks = body.RootElement.GetProperty("blocks");
        Assert.Contains(blocks.EnumerateArray(), block => block.GetRawText().Contains("High. FBI high level", StringComparison.Ordinal));
        Assert.Contains("\"a gun & <wor...\"", blocks[2].GetProperty("text").GetProperty("text").GetString(), StringComparison.Ordinal);
        var buttons = blocks.EnumerateArray().Single(block => block.GetProperty("type").GetString() == "actions").GetProperty("elements");
        Assert.Contains($"/a/{alert.Id}.ortega.", buttons[0].GetProperty("url").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Teams_gets_an_adaptive_card()
    {
        await using var server = new ScriptedServer(WireReply.Of(202));
        await using var house = await TellAsync(server, WebhookKind.Teams);
        using var body = JsonDocument.Parse(Assert.Single(server.Requests).Text);
        var attachment = body.RootElement.GetProperty("attachments")[0];
        Assert.Equal("application/vnd.microsoft.card.adaptive", attachment.GetProperty("contentType").GetString());
        var card = attachment.GetProperty("content");
        Assert.Equal(("AdaptiveCard", "1.4"), (card.GetProperty("type").GetString(), card.GetProperty("version").GetString()));
        Assert.Equal("Action.OpenUrl", card.GetProperty("actions")[0].GetProperty("type").GetString());
        Assert.DoesNotContain("gun", card.GetRawText(), StringComparison.Ordinal);
        Assert.Contains("High. FBI high level", card.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_room_hears_who_has_it_even_from_the_person_for_whom_it_stands()
    {
        await using var server = new ScriptedServer(WireReply.Ok("ok"));
        await using var house = await TellAsync(server, WebhookKind.Generic);
        house.Time.Advance(TimeSpan.FromMinutes(1));
        await house.Get<AlertActions>().AcknowledgeAsync((await house.OnlyAlertAsync()).Id, "ortega", "link", CancellationToken.None);
        await house.SendDueAsync();
        using var body = JsonDocument.Parse(server.Requests.Last().Text);
        Assert.Equal((2, "alert.acknowledged", "ortega"), (server.Requests.Count, Text(body, "type"), Text(body, "alert", "acknowledgedBy")));
        Assert.Equal(JsonValueKind.Null, body.RootElement.GetProperty("acknowledgeUrl").ValueKind);
    }

    [Theory]
    [InlineData(WebhookKind.Teams, 200, "Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 429")]
    [InlineData(WebhookKind.Slack, 500, "")]
    [InlineData(WebhookKind.Generic, 404, "")]
    public async Task What_may_work_later_stays_due_and_mail_takes_over(WebhookKind kind, int status, string answer)
    {
        await using var server = new ScriptedServer(WireReply.Of(status, Encoding.UTF8.GetBytes(answer)));
        await using var house = await TellAsync(server, kind);
        await house.SendDueAsync();
        Assert.Single(house.Mails());
        Assert.Equal(NotificationState.Pending, Assert.Single(await house.NotificationsAsync(), row => row.Channel != Channel.Email).State);
    }

    [Fact]
    public async Task A_room_that_is_gone_is_a_failed_channel()
    {
        await using var server = new ScriptedServer(WireReply.Of(410));
        await using var house = await TellAsync(server, WebhookKind.Slack);
        var row = Assert.Single(await house.NotificationsAsync(), row => row.Channel == Channel.Slack);
        Assert.Equal((NotificationState.Failed, "Slack refuses the message (410)"), (row.State, row.Error));
    }

    private static async Task<AlertingHouse> TellAsync(ScriptedServer server, WebhookKind kind, int postCharacters = 0)
    {
        var hook = new WebhookOptions { Kind = kind, Officer = "ortega", Url = new Secret(server.Url("/hook").AbsoluteUri), Secret = new Secret(Key), PostCharacters = postCharacters };
        var house = new AlertingHouse(Some.Options() with
        {
            Escalation = new() { Steps = [new() { Channels = [hook.Channel] }], RoundEvery = TimeSpan.FromHours(12) },
            Webhooks = [hook],
        });
        await house.DetectAsync((Some.Post("a gun & <words> of a pupil"), RiskLevel.High));
        await house.SendDueAsync();
        return house;
    }

    private static string? Text(JsonDocument body, params string[] path) => path.Aggregate(body.RootElement, (at, name) => at.GetProperty(name)).GetString();
}
