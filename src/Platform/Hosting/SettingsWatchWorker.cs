using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ThreatWatch.Platform.Hosting;

/// <summary>
/// Takes over edits of the configuration while the daemon runs. It compares the content once a second: file events get lost on
/// network shares, in containers and with editors that replace the file.
/// </summary>
public sealed partial class SettingsWatchWorker(Settings settings, TimeProvider time, ILogger<SettingsWatchWorker> logger) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);
    private string? _seen;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        _seen = Read();
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(Every, time, stoppingToken);
            RunOnce();
        }
    }

    /// <summary>Looks once; true where new settings came into force.</summary>
    public bool RunOnce()
    {
        var text = Read();
        if (text is null || text == _seen)
            return false;
        var first = _seen is null;
        _seen = text;
        if (first)
            return false;
        var (next, problems) = SettingsSnapshot.Parse(settings.Current.File, text, settings.Sections);
        if (next is null)
        {
            LogRefused(settings.Current.File, problems.Count, string.Join("; ", problems));
            return false;
        }

        foreach (var section in settings.Sections.Where(section => !section.Reloads && !Equals(next.Get(section.Type), settings.Current.Get(section.Type))))
            LogNeedsRestart(section.Key);
        settings.Replace(next);
        LogReloaded(settings.Current.File);
        return true;
    }

    private string? Read()
    {
        try
        {
            return File.ReadAllText(settings.Current.File);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null; // In the middle of being replaced; the next look finds it.
        }
    }

    [LoggerMessage(LogLevel.Information, "Settings of {File} are in force")]
    private partial void LogReloaded(string file);

    [LoggerMessage(LogLevel.Error, "The edit of {File} has {Count} problem(s); the earlier settings stay in force. {Problems}")]
    private partial void LogRefused(string file, int count, string problems);

    [LoggerMessage(LogLevel.Warning, "A change under \"{Section}\" takes effect only after a restart")]
    private partial void LogNeedsRestart(string section);
}
