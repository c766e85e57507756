namespace ThreatWatch.Platform.Hosting;

/// <summary>A top-level key of the configuration and the type that holds it. Each feature declares its own.</summary>
/// <param name="Key">The key, such as "alerting".</param>
/// <param name="Type">An options record with defaults, or IReadOnlyList of records.</param>
/// <param name="Default">In force where the key is missing.</param>
/// <param name="Validate">Adds what is wrong; sees the other sections too.</param>
/// <param name="Reloads">False where a change needs a restart, which is then said.</param>
public sealed record SettingsSection(string Key, Type Type, object Default, Action<object, SettingsSnapshot, Problems> Validate, bool Reloads)
{
    public static SettingsSection Of<T>(string key, T defaults, Action<T, SettingsSnapshot, Problems> validate, bool reloads = true)
        where T : notnull =>
        new(key, typeof(T), defaults, (value, all, problems) => validate((T)value, all, problems), reloads);
}
