using ThreatWatch.Alerting.Notifying.Http;

namespace ThreatWatch.Tests.Alerting.Notifying.Http;

public sealed class ProviderPaceTests
{
    [Fact]
    public async Task The_highest_rate_goes_on_after_its_first_second()
    {
        // A period below the timer's own resolution once meant that no turn ever came after the first thousand.
        using var pace = new ProviderPace(TimeProvider.System);
        for (var i = 0; i < 1050; i++)
            await pace.TurnAsync("provider", 1000, CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(20), TimeProvider.System);
    }
}
