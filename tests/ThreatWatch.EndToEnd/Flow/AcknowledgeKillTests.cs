using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ThreatWatch.EndToEnd.Machine;
using ThreatWatch.Tests.Alerting.Notifying.Twilio;

namespace ThreatWatch.EndToEnd.Flow;

/// <summary>Power cuts around an acknowledgement: before its commit people are told on, after it nobody gets a message that asks for one.</summary>
public sealed partial class AcknowledgeKillTests(TestMachine machine)
{
    [Theory]
    [InlineData("embedded")]
    [InlineData("scaled")]
    public async Task Killed_before_its_commit_the_alert_is_open_and_the_next_step_comes(string way)
    {
        await using var phones = new ScriptedTwilio(TimeProvider.System.GetUtcNow);
        await using var pipeline = await OpenAsync(phones, way);
        await KillAtReplyAsync(pipeline, "acknowledge.before-commit");

        Assert.Equal("Open", Assert.Single(await pipeline.ReadAsync("select state from alerts", reader => reader.GetString(0))));
        await pipeline.StartAsync();
        await DeskIsToldAsync(pipeline);

        Assert.StartsWith("200", await pipeline.ReplyAsync(Pipeline.Phone, "1"), StringComparison.Ordinal);
        await QuietAfterAsync(pipeline, phones);
    }

    [Theory]
    [InlineData("embedded")]
    [InlineData("scaled")]
    public async Task Killed_after_its_commit_no_message_follows_but_who_has_it(string way)
    {
        await using var phones = new ScriptedTwilio(TimeProvider.System.GetUtcNow);
        await using var pipeline = await OpenAsync(phones, way);
        await KillAtReplyAsync(pipeline, "acknowledge.committed");

        Assert.Equal("Acknowledged", Assert.Single(await pipeline.ReadAsync("select state from alerts", reader => reader.GetString(0))));
        await pipeline.StartAsync();

        await QuietAfterAsync(pipeline, phones);
        Assert.DoesNotContain(pipeline.Mail.Received(), mail => mail.To.Contains("desk@district.example"));
        // Twilio tells us again of what it got no answer to: the same person is told that it is theirs.
        Assert.StartsWith("200", await pipeline.ReplyAsync(Pipeline.Phone, "1"), StringComparison.Ordinal);
    }

    private async Task<Pipeline> OpenAsync(ScriptedTwilio phones, string way)
    {
        var pipeline = await Pipeline.OpenAsync(machine, way);
        pipeline.UsePhones(
            phones,
            new JsonObject { ["channels"] = new JsonArray("email", "sms") },
            new JsonObject { ["after"] = "8s", ["to"] = "everybody", ["channels"] = new JsonArray("email", "sms") });
        return pipeline;
    }

    private static async Task KillAtReplyAsync(Pipeline pipeline, string point)
    {
        foreach (var process in pipeline.Processes)
            process.Launch(point);
        foreach (var process in pipeline.Processes)
            await process.WaitUntilReadyAsync();
        pipeline.Threaten(1);
        await TestMachine.EventuallyAsync(
            async () => (await pipeline.ReadAsync("select state from notifications", reader => reader.GetString(0))).Count(state => state == "Sent") == 2,
            TimeSpan.FromSeconds(60),
            pipeline.Said);

        Assert.Null(await pipeline.ReplyAsync(Pipeline.Phone, "1"));

        await TestMachine.EventuallyAsync(
            () => Task.FromResult(pipeline.Processes.Any(process => process.Current.HasExited)), TimeSpan.FromSeconds(20), () => $"nobody died at {point}");
        foreach (var process in pipeline.Processes)
            await process.KillAsync();
    }

    private static Task DeskIsToldAsync(Pipeline pipeline) =>
        TestMachine.EventuallyAsync(
            () => Task.FromResult(pipeline.Mail.Received().Any(mail => mail.To.Contains("desk@district.example"))), TimeSpan.FromSeconds(60), pipeline.Said);

    /// <summary>Waits until the second step would have come, then looks at what left since the acknowledgement.</summary>
    private static async Task QuietAfterAsync(Pipeline pipeline, ScriptedTwilio phones)
    {
        var acknowledgedAt = Assert.Single(await pipeline.ReadAsync("select acknowledged_at from alerts", reader => reader.GetInt64(0)));
        await Task.Delay(TimeSpan.FromSeconds(10), TimeProvider.System);
        Assert.Empty(await pipeline.ReadAsync(
            $"select id from notifications where reason <> 'Acknowledged' and (state in ('Pending', 'Sending') or sending_at > {acknowledgedAt})", reader => reader.GetString(0)));
        Assert.All(
            pipeline.Mail.Received().Where(mail => mail.At * 1e6 > acknowledgedAt), mail => Assert.StartsWith("TAKEN", Subject().Match(mail.Mail).Value, StringComparison.Ordinal));
        Assert.All(
            phones.Taken.Where(message => DateTimeOffset.Parse(message["Created"], System.Globalization.CultureInfo.InvariantCulture).ToUnixTimeSeconds() > acknowledgedAt / 1_000_000),
            message => Assert.StartsWith("TAKEN", message["Body"], StringComparison.Ordinal));
    }

    [GeneratedRegex(@"(?<=^Subject: ).*", RegexOptions.Multiline)]
    private static partial Regex Subject();
}
