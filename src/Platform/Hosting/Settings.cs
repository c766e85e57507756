namespace ThreatWatch.Platform.Hosting;

/// <summary>The configuration in force, which <see cref="SettingsWatchWorker"/> replaces as a whole while the daemon runs.</summary>
public sealed class Settings(SettingsSnapshot first, IReadOnlyList<SettingsSection> sections)
{
    private volatile SettingsSnapshot _current = first;

    /// <summary>After a valid change; handlers are quick and do not throw.</summary>
    public event Action<SettingsSnapshot>? Changed;

    public SettingsSnapshot Current => _current;

    public IReadOnlyList<SettingsSection> Sections { get; } = sections;

    public T Get<T>() => _current.Get<T>();

    public void Replace(SettingsSnapshot next)
    {
        _current = next;
        Changed?.Invoke(next);
    }
}
