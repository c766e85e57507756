using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ThreatWatch.EndToEnd.Machine;
using ThreatWatch.Platform.Hosting;
using ThreatWatch.Tests.Alerting.Notifying.Twilio;

namespace ThreatWatch.EndToEnd.Flow;

/// <summary>Power cuts: whatever is killed wherever, each threat reaches the officer, and none that was recorded as sent is sent again.</summary>
public sealed partial class KillTests(TestMachine machine)
{
    // Between the mail server's yes and our writing it down nobody can know better: such a mail may come twice, with one Message-ID. At each of
    // these points one of the channels may be so far.
    private const string MayRepeat = "notify.";
    private const string Accepted = "select provider_id from notifications where provider_id is not null";

    public static TheoryData<string, string> WaysAndPoints
    {
        get
        {
            var all = new TheoryData<string, string>();
            foreach (var point in CrashPoint.Names.Where(name => !name.StartsWith("acknowledge.", StringComparison.Ordinal)))
            {
                if (point != "outbox.published")
                    all.Add("embedded", point);
                all.Add("scaled", point);
            }

            return all;
        }
    }

    [Theory]
    [MemberData(nameof(WaysAndPoints))]
    public async Task Killed_at_a_crash_point_and_started_again_nothing_is_lost(string way, string point)
    {
        await using var phones = new ScriptedTwilio(TimeProvider.System.GetUtcNow);
        await using var pipeline = await Pipeline.OpenAsync(machine, way);
        pipeline.UsePhones(phones, new JsonObject { ["channels"] = new JsonArray("email", "sms") });
        foreach (var process in pipeline.Processes)
            process.Launch(point);
        for (var i = 1; i <= 3; i++)
            pipeline.Threaten(i);

        await TestMachine.EventuallyAsync(
            () => Task.FromResult(pipeline.Processes.Any(process => process.Current.HasExited)),
            TimeSpan.FromSeconds(120),
            () => $"nobody died at {point}:\n{string.Join('\n', pipeline.Processes.SelectMany(process => process.Log).TakeLast(30))}");
        foreach (var process in pipeline.Processes)
            await process.KillAsync();
        var recorded = point is "ingest.stored" or "queue.leased" ? [] : await pipeline.ReadAsync(Accepted, reader => reader.GetString(0));
        await pipeline.StartAsync();

        await pipeline.AwaitMailsAsync([1, 2, 3], 120);
        await TestMachine.EventuallyAsync(
            async () => (await pipeline.ReadAsync("select state from notifications", reader => reader.GetString(0))).Count(state => state == "Sent") == 6,
            TimeSpan.FromSeconds(120),
            () => "not every message is recorded as sent\n" + pipeline.Said());
        // An alert a threat, a text message an alert (Twilio is asked what it has), and whatever was recorded as accepted went once.
        Assert.Equal(3, (await pipeline.ReadAsync("select id from alerts", reader => reader.GetString(0))).Count);
        Assert.Equal(6, (await pipeline.ReadAsync(Accepted, reader => reader.GetString(0))).Count);
        Assert.Equal(3, phones.Taken.Count);
        var ids = pipeline.Mail.Received().Select(mail => MessageId().Match(mail.Mail).Value).Concat(phones.Taken.Select(message => message["Sid"])).ToList();
        Assert.All(recorded, id => Assert.Single(ids, sent => sent == id));
        foreach (var mails in pipeline.MailsByPost())
        {
            if (point.StartsWith(MayRepeat, StringComparison.Ordinal))
                Assert.InRange(mails.Count(), 1, 2);
            else
                Assert.Single(mails);
        }
    }

    [Theory]
    [InlineData("embedded")]
    [InlineData("scaled")]
    public async Task Killed_again_and_again_at_any_moment_nothing_is_lost(string way)
    {
        await using var pipeline = await Pipeline.OpenAsync(machine, way);
        foreach (var process in pipeline.Processes)
            process.Launch();
        var random = new Random(7);
        for (var i = 1; i <= 8; i++)
        {
            pipeline.Threaten(i);
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(300, 2500)), TimeProvider.System);
            var victim = pipeline.Processes[random.Next(pipeline.Processes.Count)];
            await victim.KillAsync();
            victim.Launch();
        }

        await pipeline.AwaitMailsAsync(Enumerable.Range(1, 8), 180);
    }

    [Fact]
    public async Task A_broker_and_a_database_that_are_killed_in_the_middle_lose_nothing()
    {
        TestMachine.Require(RealBroker.Missing);
        TestMachine.Require(RealDatabase.Missing);
        await using var broker = await RealBroker.StartAsync(machine.NewFolder("broker"));
        await using var database = await RealDatabase.StartAsync(machine.NewFolder("database"));
        await using var pipeline = await Pipeline.OpenAsync(machine, "scaled", broker, database);
        await pipeline.StartAsync();
        pipeline.Threaten(1);
        await pipeline.AwaitMailsAsync([1]);

        await broker.KillAsync();
        pipeline.Threaten(2);
        await TestMachine.EventuallyAsync(
            async () => !await pipeline.Processes[0].IsReadyAsync(), TimeSpan.FromSeconds(30), () => "it says that it is ready without a broker");
        await broker.RestartAsync();
        await pipeline.AwaitMailsAsync([2]);
        await database.KillAsync();
        pipeline.Threaten(3);
        await Task.Delay(TimeSpan.FromSeconds(3), TimeProvider.System);
        await database.RestartAsync();

        await pipeline.AwaitMailsAsync([1, 2, 3], 150);
        Assert.All(pipeline.MailsByPost(), mails => Assert.Single(mails));
        Assert.All(pipeline.Processes, process => Assert.False(process.Current.HasExited));
    }

    [GeneratedRegex(@"(?<=^Message-Id: )<[^>]+>", RegexOptions.Multiline | RegexOptions.IgnoreCase)]
    private static partial Regex MessageId();
}
