using ThreatWatch.Alerting.Rehearsing;

namespace ThreatWatch.Tests.Alerting.Rehearsing;

public sealed class RehearsalTests
{
    [Fact]
    public async Task A_rehearsal_sends_every_message_to_itself_and_leaves_nothing_behind()
    {
        var before = Folders();
        // Forty-nine alerts by e-mail and text message; then those who were told of one hear who has it.
        Assert.Equal((2 * 49) + 2, await Rehearsal.RunAsync(TimeProvider.System, TestContext.Current.CancellationToken));
        Assert.Empty(Folders().Except(before));
    }

    private static string[] Folders() => Directory.GetDirectories(Path.GetTempPath(), "threatwatch-rehearsal-*");
}
