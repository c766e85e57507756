using System.Diagnostics;

namespace ThreatWatch.Platform.Hosting;

/// <summary>
/// Named places at which a test can kill the process as a power cut would: between leased and settled, between sending and sent.
/// Off unless THREATWATCH_CRASH_AT names one.
/// </summary>
public static class CrashPoint
{
    private static readonly string? Armed = Environment.GetEnvironmentVariable("THREATWATCH_CRASH_AT");

    /// <summary>The names, in the order of the data's way.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        "ingest.stored", "queue.leased", "classify.before-commit", "classify.committed", "outbox.published", "alert.before-commit",
        "alert.committed", "notify.sending", "notify.accepted", "notify.recorded",
        "acknowledge.before-commit", "acknowledge.committed",
    ];

    /// <summary>True where this process is to die at one of them.</summary>
    public static bool IsArmed => !string.IsNullOrEmpty(Armed);

    public static void Reach(string name)
    {
        if (Armed == name)
            Process.GetCurrentProcess().Kill();
    }
}
