using ThreatWatch.Platform.Hosting;

namespace ThreatWatch.Console;

/// <summary>Who may use the console. Section "console" of the configuration.</summary>
public sealed record ConsoleOptions
{
    /// <summary>People who sign in; without any, only this machine itself may look.</summary>
    public IReadOnlyList<ConsoleUser> Users { get; init; } = [];

    internal static void Validate(ConsoleOptions options, SettingsSnapshot all, Problems problems)
    {
        for (var i = 0; i < options.Users.Count; i++)
        {
            var user = options.Users[i];
            var at = problems.At("users", i);
            if (user.Id.Length is < 1 or > 60 || user.Id.Contains(':', StringComparison.Ordinal))
                at.Add("id", "must be 1 to 60 characters without a colon");
            if (user.Password.Reveal().Length < 12)
                at.Add("password", "must have at least 12 characters; best from a file: { \"file\": \"/run/secrets/console-desk\" }");
        }

        if (options.Users.Count == 0 && Uri.TryCreate(all.Get<HttpOptions>().Listen, UriKind.Absolute, out var listen) && !listen.IsLoopback)
            problems.Add("users", $"at least one is needed, since \"http.listen\" ({all.Get<HttpOptions>().Listen}) can be reached from other machines");
    }
}

/// <summary>Somebody who may sign in to the console.</summary>
public sealed record ConsoleUser
{
    /// <summary>Stands in the audit; an officer's id makes acknowledgements theirs.</summary>
    public string Id { get; init; } = "";

    public Secret Password { get; init; } = Secret.None;
}
