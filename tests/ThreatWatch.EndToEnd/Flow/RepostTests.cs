using System.Globalization;
using System.Text.Json.Nodes;
using ThreatWatch.EndToEnd.Machine;
using ThreatWatch.Tests.Alerting.Notifying.Twilio;

namespace ThreatWatch.EndToEnd.Flow;

/// <summary>A threat that goes round: a thousand reposts within a minute are one incident to the people who are told.</summary>
public sealed class RepostTests(TestMachine machine)
{
    private const int Reposts = 1000;

    [Theory]
    [InlineData("embedded")]
    [InlineData("scaled")]
    public async Task A_thousand_reposts_in_a_minute_make_one_alert_and_at_most_three_messages(string way)
    {
        await using var phones = new ScriptedTwilio(TimeProvider.System.GetUtcNow);
        await using var pipeline = await Pipeline.OpenAsync(machine, way);
        pipeline.UsePhones(phones, new JsonObject { ["channels"] = new JsonArray("email", "sms") });
        await pipeline.StartAsync();

        for (var i = 0; i < Reposts; i++)
        {
            var see = (i % 3) switch { 0 => "", 1 => "omg ", _ => "everyone look: " };
            pipeline.Feed.Add(
                string.Create(CultureInfo.InvariantCulture, $"repost-{i}"),
                $"{see}he says he has the gun in his locker at Cedar Ridge High and third period tomorrow is when it happens",
                string.Create(CultureInfo.InvariantCulture, $"person{i}"));
            // In waves, so that they come by many looks at the feed and not by one.
            if (i % 125 == 124)
                await Task.Delay(TimeSpan.FromSeconds(1.5), TimeProvider.System);
        }

        await TestMachine.EventuallyAsync(
            async () => await PostsAsync(pipeline) == Reposts,
            TimeSpan.FromSeconds(60),
            () => $"the alert does not have all of them\n{pipeline.Said()}");

        Assert.Single(await pipeline.ReadAsync("select id from alerts", reader => reader.GetString(0)));
        Assert.Equal(
            (Reposts, Reposts), Assert.Single(await pipeline.ReadAsync("select post_count, author_count from alerts", reader => ((int)reader.GetInt64(0), (int)reader.GetInt64(1)))));
        Assert.InRange(pipeline.Mail.Received().Count + phones.Taken.Count, 2, 3);
    }

    private static async Task<int> PostsAsync(Pipeline pipeline) =>
        (int)(await pipeline.ReadAsync("select coalesce(sum(post_count), 0) from alerts", reader => Convert.ToInt64(reader.GetValue(0), CultureInfo.InvariantCulture)))[0];
}
