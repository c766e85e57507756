using ThreatWatch.EndToEnd.Machine;

namespace ThreatWatch.EndToEnd.Flow;

/// <summary>The whole way on real servers: a post in a feed over HTTP, a mail on a mail server.</summary>
public sealed class FeedToMailTests(TestMachine machine)
{
    public static TheoryData<string> Ways => Pipeline.Ways;

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_threat_in_the_feed_becomes_a_mail_to_the_officer_and_an_alert_that_the_operator_can_close(string way)
    {
        await using var pipeline = await Pipeline.OpenAsync(machine, way);
        pipeline.Feed.Add("harmless", "Bake sale at Cedar Ridge High on Friday, bring your grandmother's best recipe");
        pipeline.Feed.Add("elsewhere", "i will shoot everyone at some other school far away tomorrow");
        pipeline.Threaten(1);
        await pipeline.StartAsync();

        await pipeline.AwaitMailsAsync([1]);

        var mail = Assert.Single(pipeline.Mail.Received());
        Assert.Equal([Pipeline.Officer], mail.To);
        Assert.Contains("Harlan Creek High", mail.Mail, StringComparison.Ordinal);
        var listed = await pipeline.Processes[0].VerbAsync("alerts", "list");
        Assert.Equal(0, listed.ExitCode);
        Assert.Contains("Harlan Creek High", string.Join('\n', listed.Output), StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_mail_server_that_is_busy_or_away_delays_the_mail_and_never_loses_it(string way)
    {
        await using var pipeline = await Pipeline.OpenAsync(machine, way);
        pipeline.Mail.AnswerWith("451 4.3.2 try again later");
        pipeline.Threaten(1);
        await pipeline.StartAsync();
        await TestMachine.EventuallyAsync(
            () => Task.FromResult(pipeline.Processes.Any(process => process.Log.Any(line => line.Contains("451", StringComparison.Ordinal)))),
            TimeSpan.FromSeconds(60),
            () => string.Join('\n', pipeline.Processes.SelectMany(process => process.Log).TakeLast(30)));

        await pipeline.Mail.KillAsync();
        pipeline.Threaten(2);
        pipeline.Mail.AnswerWith(null);
        await pipeline.Mail.RestartAsync();

        await pipeline.AwaitMailsAsync([1, 2], 150);
        Assert.All(pipeline.MailsByPost(), mails => Assert.Single(mails));
    }
}
