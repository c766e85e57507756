using System.Globalization;
using System.Text.RegularExpressions;
using ThreatWatch.EndToEnd.Machine;

namespace ThreatWatch.EndToEnd.Contracts;

/// <summary>The fast suite's tests of Alerting run on SQLite; here the same program runs them on PostgreSQL, where writers really meet.</summary>
public sealed partial class AlertingOnPostgresTests(TestMachine machine)
{
    [Fact]
    public async Task Every_test_of_alerting_passes_on_PostgreSQL_too()
    {
        var server = await machine.DatabaseAsync();
        var build = Path.GetFileName(Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)))!;
        var program = Path.Combine(TestMachine.Checkout, "tests", "ThreatWatch.Tests", "bin", build, "net10.0", "ThreatWatch.Tests");

        var run = await ChildProcess.RunAsync(
            program,
            ["--no-progress", "--no-ansi", "--filter-namespace", "ThreatWatch.Tests.Alerting*"],
            new Dictionary<string, string> { ["THREATWATCH_TEST_POSTGRES"] = server.Server },
            seconds: 400);

        Assert.True(run.ExitCode == 0, string.Join('\n', run.Output));
        var succeeded = Succeeded().Match(string.Join('\n', run.Output));
        Assert.True(succeeded.Success && int.Parse(succeeded.Groups[1].Value, CultureInfo.InvariantCulture) > 200, string.Join('\n', run.Output));
    }

    [GeneratedRegex(@"succeeded: (\d+)")]
    private static partial Regex Succeeded();
}
