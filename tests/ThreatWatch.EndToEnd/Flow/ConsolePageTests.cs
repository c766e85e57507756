using ThreatWatch.EndToEnd.Machine;

namespace ThreatWatch.EndToEnd.Flow;

/// <summary>The console as a person sees it: in a real browser, served by the daemon itself.</summary>
public sealed class ConsolePageTests(TestMachine machine)
{
    private static readonly string? Browser = new[] { "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome" }.FirstOrDefault(File.Exists);

    [Fact]
    public async Task The_first_page_shows_the_open_alert_and_its_page_shows_the_words_that_alarmed_and_who_was_told()
    {
        TestMachine.Require(Browser is null ? "a browser (apt package chromium)" : null);
        await using var pipeline = await Pipeline.OpenAsync(machine, "embedded");
        await pipeline.StartAsync();
        pipeline.Threaten(1);
        await pipeline.AwaitMailsAsync([1]);

        var first = await PageAsync(pipeline.Processes[0].Address);
        Assert.Contains("nobody has it yet", first, StringComparison.Ordinal);
        Assert.Contains("Harlan Creek High", first, StringComparison.Ordinal);

        var link = first[(first.IndexOf("href=\"/alerts/", StringComparison.Ordinal) + 6)..];
        var page = await PageAsync(pipeline.Processes[0].Address + link[..link.IndexOf('"', StringComparison.Ordinal)]);
        Assert.Contains("<mark>gun</mark>", page, StringComparison.Ordinal);
        Assert.Contains(Pipeline.OfficerName, page, StringComparison.Ordinal);
        Assert.Contains("I have it", page, StringComparison.Ordinal);
    }

    /// <summary>The page as the browser made it.</summary>
    private async Task<string> PageAsync(string address)
    {
        var browser = await ChildProcess.RunAsync(Browser!,
        [
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
            "--disable-sync", $"--user-data-dir={machine.NewFolder("browser")}", "--dump-dom", address,
        ]);
        Assert.Equal(0, browser.ExitCode);
        return string.Join('\n', browser.Output);
    }
}
