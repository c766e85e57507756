using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace ThreatWatch.EndToEnd.Machine;

/// <summary>A process that a test started: its output is kept, and it never outlives the test run.</summary>
public sealed partial class ChildProcess : IAsyncDisposable
{
    private static readonly ConcurrentDictionary<int, Process> Running = new();
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = new();
    private readonly ConcurrentQueue<string> _errors = new();

    static ChildProcess() => AppDomain.CurrentDomain.ProcessExit += (_, _) =>
    {
        foreach (var process in Running.Values)
            _ = SendSignal(process.Id, 9);
    };

    private ChildProcess(Process process) => _process = process;

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    /// <summary>Lines of standard output so far.</summary>
    public IReadOnlyList<string> Output => [.. _output];

    /// <summary>Lines of standard error so far: the log of threatwatch.</summary>
    public IReadOnlyList<string> Errors => [.. _errors];

    /// <summary>Everything that it said, for the message of a test that fails.</summary>
    public string Said => string.Join('\n', _errors.Concat(_output).TakeLast(60));

    public static ChildProcess Start(
        string file, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string>? environment = null, string? folder = null)
    {
        var start = new ProcessStartInfo(file, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = folder ?? Path.GetTempPath(),
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        var child = new ChildProcess(new Process { StartInfo = start });
        child._process.OutputDataReceived += (_, line) => Keep(child._output, line.Data);
        child._process.ErrorDataReceived += (_, line) => Keep(child._errors, line.Data);
        child._process.Start();
        child._process.StandardInput.Close();
        child._process.BeginOutputReadLine();
        child._process.BeginErrorReadLine();
        Running[child.Id] = child._process;
        return child;
    }

    /// <summary>Runs to the end; fails the test where it takes longer.</summary>
    public static async Task<ChildProcess> RunAsync(
        string file, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string>? environment = null, string? folder = null, int seconds = 120)
    {
        var child = Start(file, arguments, environment, folder);
        await child.WaitForExitAsync(TimeSpan.FromSeconds(seconds));
        return child;
    }

    public async Task WaitForExitAsync(TimeSpan atMost)
    {
        using var limit = new CancellationTokenSource(atMost);
        try
        {
            await _process.WaitForExitAsync(limit.Token);
            Running.TryRemove(Id, out _);
        }
        catch (OperationCanceledException)
        {
            await KillAsync();
            Assert.Fail($"{_process.StartInfo.FileName} did not end within {atMost.TotalSeconds} s. It said:\n{Said}");
        }
    }

    /// <summary>SIGTERM.</summary>
    public void Terminate() => _ = SendSignal(Id, 15);

    /// <summary>SIGKILL, as a power cut.</summary>
    public async Task KillAsync()
    {
        if (!_process.HasExited)
            _ = SendSignal(Id, 9);
        try
        {
            // Its own children may hold the pipes open a little longer.
            await _process.WaitForExitAsync(new CancellationTokenSource(TimeSpan.FromSeconds(5)).Token);
        }
        catch (OperationCanceledException) when (_process.HasExited)
        {
        }

        Running.TryRemove(Id, out _);
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process.Dispose();
    }

    private static void Keep(ConcurrentQueue<string> lines, string? line)
    {
        if (line is not null)
            lines.Enqueue(line);
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int pid, int signal);
}
