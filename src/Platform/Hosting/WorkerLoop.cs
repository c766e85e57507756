using Microsoft.Extensions.Logging;

namespace ThreatWatch.Platform.Hosting;

/// <summary>The loop of every worker: it survives any exception but cancellation, says so, and pauses longer while it keeps failing.</summary>
public static partial class WorkerLoop
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    /// <summary>Runs <paramref name="runOnce"/> again and again until cancelled.</summary>
    /// <param name="pause">Waited after each success; zero where the work itself waits.</param>
    public static async Task RunAsync(
        Func<CancellationToken, Task> runOnce, TimeSpan pause, TimeProvider time, ILogger logger, CancellationToken cancellationToken)
    {
        var failures = 0;
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await runOnce(cancellationToken);
                failures = 0;
                if (pause > TimeSpan.Zero)
                    await Task.Delay(pause, time, cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                failures++;
                var wait = TimeSpan.FromMilliseconds(Math.Min(Longest.TotalMilliseconds, 250 * Math.Pow(2, Math.Min(failures, 10))));
                LogFailed(logger, exception, failures, wait.TotalSeconds);
                try
                {
                    await Task.Delay(wait, time, cancellationToken);
                }
                catch (OperationCanceledException)
                {
                    return;
                }
            }
        }
    }

    [LoggerMessage(LogLevel.Error, "Failed {Failures} time(s) in a row; next try in {Seconds:0.0} s")]
    private static partial void LogFailed(ILogger logger, Exception exception, int failures, double seconds);
}
