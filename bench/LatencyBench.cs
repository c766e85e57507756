using System.Globalization;
using ThreatWatch.EndToEnd.Flow;
using ThreatWatch.EndToEnd.Machine;

namespace ThreatWatch.Bench;

/// <summary>The claim on speed: seconds from a post's appearing in an HTTP feed, looked at every second, to the mail server's 250, on both ways with real processes.</summary>
internal static class LatencyBench
{
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(370);

    public static async Task<int> RunAsync(int threats)
    {
        var machine = new TestMachine();
        await machine.InitializeAsync();
        try
        {
            System.Console.WriteLine("| way | posts | median s | 99th percentile s | worst s |\n|---|---|---|---|---|");
            foreach (var way in new[] { "embedded", "scaled" })
            {
                await using var pipeline = await Pipeline.OpenAsync(machine, way);
                await pipeline.StartAsync();
                pipeline.Threaten(0);
                await pipeline.AwaitMailsAsync([0]);
                var appeared = new Dictionary<int, double>();
                for (var i = 1; i <= threats; i++)
                {
                    appeared[i] = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0;
                    pipeline.Threaten(i);
                    await Task.Delay(Between, TimeProvider.System);
                }

                await pipeline.AwaitMailsAsync(appeared.Keys);
                var mails = pipeline.MailsByPost();
                var seconds = appeared.Select(pair => mails[pair.Key].Min(mail => mail.At) - pair.Value).Order().ToList();
                System.Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {way} | {threats} | {seconds[seconds.Count / 2]:0.00} | {seconds[(int)(seconds.Count * 0.99)]:0.00} | {seconds[^1]:0.00} |"));
            }

            return 0;
        }
        finally
        {
            await machine.DisposeAsync();
        }
    }
}
