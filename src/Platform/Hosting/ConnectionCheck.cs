namespace ThreatWatch.Platform.Hosting;

/// <summary>Something outside that a role needs, tried once by <c>check --connect</c>. Roles register theirs.</summary>
/// <param name="Name">What is tried, such as "smtp mail.district.example:587".</param>
/// <param name="TryAsync">Returns what it found in a few words; throws, with a message for people, where it can't be used.</param>
public sealed record ConnectionCheck(string Name, Func<CancellationToken, Task<string>> TryAsync);

/// <summary>Gives the checks of a role for the configuration in force; several roles register one each.</summary>
public delegate IEnumerable<ConnectionCheck> ConnectionChecks(SettingsSnapshot settings, IServiceProvider services);
