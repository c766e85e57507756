using ThreatWatch.Cli.Verbs;
using ThreatWatch.Platform.Hosting;

namespace ThreatWatch.Tests.Console;

public sealed class ConsoleOptionsTests
{
    [Fact]
    public void A_console_that_other_machines_can_reach_needs_somebody_who_signs_in() =>
        Assert.Contains("console.users", Problems("""{ "http": { "listen": "http://0.0.0.0:8080" } }"""));

    [Fact]
    public void A_console_of_this_machine_alone_needs_nobody() => Assert.DoesNotContain("console.users", Problems("{}"));

    [Fact]
    public void A_short_password_is_a_problem() =>
        Assert.Contains("console.users[0].password", Problems("""{ "console": { "users": [{ "id": "desk", "password": "short" }] } }"""));

    private static List<string> Problems(string json) =>
        [.. SettingsSnapshot.Parse("/tmp/none.json", json, ConfigFile.Sections).Problems.Select(problem => problem.Path)];
}
