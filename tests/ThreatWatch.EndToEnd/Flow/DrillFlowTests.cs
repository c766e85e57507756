using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ThreatWatch.EndToEnd.Machine;
using ThreatWatch.Tests.Alerting.Notifying.Twilio;

namespace ThreatWatch.EndToEnd.Flow;

/// <summary>A drill on real servers: in at the front, out at a phone, back as an answer; and nothing of it in what is counted or learned.</summary>
public sealed partial class DrillFlowTests(TestMachine machine)
{
    [Theory]
    [InlineData("embedded")]
    [InlineData("scaled")]
    public async Task A_drill_comes_back_as_an_acknowledgement_with_the_seconds_of_each_hop_and_is_counted_nowhere(string way)
    {
        await using var phones = new ScriptedTwilio(TimeProvider.System.GetUtcNow);
        await using var pipeline = await Pipeline.OpenAsync(machine, way);
        pipeline.UsePhones(phones, new JsonObject { ["channels"] = new JsonArray("email", "sms") });
        pipeline.Threaten(1);
        await pipeline.StartAsync();
        await pipeline.AwaitMailsAsync([1]);
        var before = await CountedAsync(pipeline);

        var drill = pipeline.Processes[0].VerbAsync("drill", "--school", "school-0", "--wait", "2");
        await TestMachine.EventuallyAsync(
            () => Task.FromResult(phones.Taken.Any(message => message["Body"].StartsWith("DRILL", StringComparison.Ordinal))), TimeSpan.FromSeconds(60), pipeline.Said);
        var sign = AlertSign().Match(phones.Taken.Single(message => message["Body"].StartsWith("DRILL", StringComparison.Ordinal))["Body"]).Value;
        Assert.StartsWith("200", await pipeline.ReplyAsync(Pipeline.Phone, $"ack {sign}"), StringComparison.Ordinal);
        var ended = await drill;

        Assert.True(ended.ExitCode == 0, ended.Said);
        var hops = ended.Output.Select(line => Hop().Match(line)).Where(match => match.Success).ToList();
        Assert.Equal(["post stored", "judged", "alert opened", "first message accepted", "acknowledged"], hops.Select(match => match.Groups[2].Value.Trim()));
        var seconds = hops.ConvertAll(match => double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture));
        Assert.Equal(seconds.Order(), seconds);
        Assert.Equal(("Closed", "Drill"), Assert.Single(await pipeline.ReadAsync("select state, disposition from alerts where is_drill", reader => (reader.GetString(0), reader.GetString(1)))));
        Assert.Equal(2, phones.Taken.Count(message => message["To"] == Pipeline.Phone));
        Assert.All(pipeline.Mail.Received().Where(mail => mail.Mail.Contains("X-ThreatWatch-Drill", StringComparison.Ordinal)), mail => Assert.Matches("(?m)^Subject: DRILL", mail.Mail));
        Assert.Equal(before, await CountedAsync(pipeline));
    }

    [Fact]
    public async Task A_drill_of_which_no_message_was_accepted_is_broken_and_the_operators_hear_of_it()
    {
        await using var phones = new ScriptedTwilio(TimeProvider.System.GetUtcNow);
        await using var pipeline = await Pipeline.OpenAsync(machine, "embedded");
        pipeline.UsePhones(phones, new JsonObject { ["channels"] = new JsonArray("sms") });
        pipeline.Settings["district"]!["officers"]![0]!.AsObject().Remove("email");
        pipeline.Settings["alerting"]!["watch"] = new JsonObject { ["operators"] = new JsonArray("desk") };
        pipeline.Processes[0].Write(pipeline.Settings);
        phones.Refuse(400, 21610);
        await pipeline.StartAsync();

        var drill = await pipeline.Processes[0].VerbAsync("drill", "--school", "school-0", "--wait", "1");

        Assert.Equal(1, drill.ExitCode);
        Assert.Contains(drill.Output, line => line.StartsWith("THE CHAIN IS BROKEN", StringComparison.Ordinal));
        await TestMachine.EventuallyAsync(
            () => Task.FromResult(pipeline.Mail.Received().Any(mail => mail.Mail.Contains("Subject: ThreatWatch DRILL FAILED", StringComparison.Ordinal))),
            TimeSpan.FromSeconds(30),
            pipeline.Said);
    }

    /// <summary>What people count and what the product learns from: the month's report but for its own part about drills, the sources whose pace is known, the counters of days.</summary>
    private static async Task<string> CountedAsync(Pipeline pipeline)
    {
        var month = TimeProvider.System.GetUtcNow().ToString("yyyy-MM", CultureInfo.InvariantCulture);
        var report = await pipeline.Processes[0].VerbAsync("report", "--month", month, "--json");
        Assert.True(report.ExitCode == 0, report.Said);
        var sources = await pipeline.ReadAsync("select source_id from source_states order by source_id", reader => reader.GetString(0));
        var counters = await pipeline.ReadAsync("select distinct source_id from counters order by source_id", reader => reader.GetString(0));
        var counted = JsonNode.Parse(string.Concat(report.Output))!.AsObject();
        Assert.True(counted.Remove("drills"));
        return string.Join('\n', [counted.ToJsonString(), .. sources, .. counters]);
    }

    [GeneratedRegex(@"^ *(\d+\.\d+) s  (.+)$")]
    private static partial Regex Hop();

    [GeneratedRegex(@"(?<=#)\S+")]
    private static partial Regex AlertSign();
}
