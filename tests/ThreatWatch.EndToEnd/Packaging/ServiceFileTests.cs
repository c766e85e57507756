using ThreatWatch.EndToEnd.Machine;

namespace ThreatWatch.EndToEnd.Packaging;

/// <summary>What an operator copies from packaging/ is right.</summary>
public sealed class ServiceFileTests(TestMachine machine)
{
    private const string Analyze = "/usr/bin/systemd-analyze";

    [Fact]
    public async Task Systemd_finds_nothing_wrong_with_the_unit_file()
    {
        TestMachine.Require(File.Exists(Analyze) ? null : "systemd-analyze (apt package systemd)");
        var unit = await File.ReadAllTextAsync(Path.Combine(TestMachine.Checkout, "packaging", "threatwatch.service"));
        const string Program = "ExecStart=/opt/threatwatch/threatwatch ";
        Assert.Contains(Program, unit, StringComparison.Ordinal);
        // The one thing that can't be there before it is installed.
        var copy = Path.Combine(machine.NewFolder("unit"), "threatwatch.service");
        await File.WriteAllTextAsync(copy, unit.Replace(Program, $"ExecStart={ThreatWatchProcess.Program} ", StringComparison.Ordinal));

        var verified = await ChildProcess.RunAsync(Analyze, ["verify", "--man=no", copy]);

        // It also reads the units of this machine that ours names; those are not ours to answer for.
        Assert.Empty(verified.Errors.Concat(verified.Output).Where(line => line.Contains("threatwatch", StringComparison.Ordinal)));
        Assert.Equal(0, verified.ExitCode);
    }

    [Fact]
    public void It_is_told_when_the_daemon_is_ready_and_gives_it_time_to_stop()
    {
        var lines = File.ReadAllLines(Path.Combine(TestMachine.Checkout, "packaging", "threatwatch.service"));

        Assert.Contains("Type=notify", lines);
        Assert.Contains("NoNewPrivileges=yes", lines);
        Assert.Contains("User=threatwatch", lines);
        var limit = lines.Single(line => line.StartsWith("TimeoutStopSec=", StringComparison.Ordinal));
        Assert.InRange(int.Parse(limit.Split('=')[1], System.Globalization.CultureInfo.InvariantCulture), 10, 60);
    }

    [Fact]
    public void A_container_runs_with_the_same_environment()
    {
        var given = File.ReadLines(Path.Combine(TestMachine.Checkout, "packaging", "threatwatch.service"))
            .Where(line => line.StartsWith("Environment=", StringComparison.Ordinal)).Select(line => line["Environment=".Length..]);
        var image = File.ReadLines(Path.Combine(TestMachine.Checkout, "Dockerfile"))
            .Where(line => line.StartsWith("ENV ", StringComparison.Ordinal)).Select(line => line["ENV ".Length..]);

        Assert.Equal(given, image);
        Assert.NotEmpty(given);
    }
}
