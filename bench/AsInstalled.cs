using System.Diagnostics;
using ThreatWatch.EndToEnd.Machine;

namespace ThreatWatch.Bench;

/// <summary>Starts the bench once more with the environment that the service file gives the daemon: some of the runtime's settings are read from nowhere else.</summary>
internal static class AsInstalled
{
    private const string Mark = "Environment=";

    /// <summary>What this process was started without; null where nothing is missing.</summary>
    public static IReadOnlyDictionary<string, string>? Missing()
    {
        var missing = File.ReadLines(Path.Combine(TestMachine.Checkout, "packaging", "threatwatch.service"))
            .Where(line => line.StartsWith(Mark, StringComparison.Ordinal))
            .Select(line => line[Mark.Length..].Split('=', 2))
            .Where(pair => Environment.GetEnvironmentVariable(pair[0]) != pair[1])
            .ToDictionary(pair => pair[0], pair => pair[1]);
        return missing.Count > 0 ? missing : null;
    }

    public static async Task<int> RunAsync(IReadOnlyDictionary<string, string> settings, string[] args)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, args);
        foreach (var (name, value) in settings)
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        await process.WaitForExitAsync();
        return process.ExitCode;
    }
}
