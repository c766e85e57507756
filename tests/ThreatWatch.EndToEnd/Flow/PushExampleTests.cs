using System.Text.Json;
using System.Text.Json.Nodes;
using ThreatWatch.EndToEnd.Machine;

namespace ThreatWatch.EndToEnd.Flow;

/// <summary>The example of docs/sources.md as whoever connects a tip line types it, against the daemon itself.</summary>
public sealed class PushExampleTests(TestMachine machine)
{
    private const string Secret = "a made-up secret of forty-two characters!!";

    private static readonly string? Missing = new[] { "/bin/bash", "/usr/bin/curl", "/usr/bin/openssl" }.FirstOrDefault(program => !File.Exists(program));

    [Fact]
    public async Task The_push_that_the_documentation_shows_is_taken_and_stored_and_one_with_another_secret_is_not()
    {
        TestMachine.Require(Missing);
        await using var pipeline = await Pipeline.OpenAsync(machine, "embedded");
        var settings = (JsonObject)pipeline.Settings.DeepClone();
        settings["sources"]!.AsArray().Add(new JsonObject
        {
            ["id"] = "tips", ["type"] = "push", ["secret"] = Secret, ["schools"] = new JsonArray("*"), ["legalBasis"] = "our own", ["permission"] = "a test", ["reviewedOn"] = "2026-09-01",
        });
        var process = pipeline.Processes[0];
        process.Write(settings);
        await pipeline.StartAsync();
        var example = Example().Replace("http://127.0.0.1:8080", process.Address, StringComparison.Ordinal);
        Assert.Contains(process.Address, example, StringComparison.Ordinal);

        var taken = JsonDocument.Parse(await TypeAsync(example, Secret)).RootElement;
        var refused = JsonDocument.Parse(await TypeAsync(example, Secret + "?")).RootElement;

        Assert.Equal((1, 0), (taken.GetProperty("accepted").GetInt32(), taken.GetProperty("errors").GetArrayLength()));
        Assert.Contains("does not fit", refused.GetProperty("error").GetString(), StringComparison.Ordinal);
        var status = await process.VerbAsync("status");
        Assert.Matches(@"tips +well, last new post .* ago; .*new 1", string.Join('\n', status.Output));
    }

    private static string Example()
    {
        var lines = File.ReadAllLines(Path.Combine(TestMachine.Checkout, "docs", "sources.md"));
        return string.Join('\n', lines.SkipWhile(line => !line.StartsWith("    body=", StringComparison.Ordinal)).TakeWhile(line => line.StartsWith("    ", StringComparison.Ordinal)).Select(line => line[4..]));
    }

    private static async Task<string> TypeAsync(string script, string secret)
    {
        await using var shell = ChildProcess.Start(
            "/bin/bash", ["-c", script], new Dictionary<string, string> { ["SECRET"] = secret, ["no_proxy"] = "*" });
        await shell.WaitForExitAsync(TimeSpan.FromSeconds(30));
        Assert.True(shell.Output.Count > 0, shell.Said);
        return string.Join('\n', shell.Output);
    }
}
