using ThreatWatch.Core;
using ThreatWatch.Platform.Hosting;

namespace ThreatWatch.Alerting.Escalation;

/// <summary>Who is told next while nobody has acknowledged. Part "escalation" of section "alerting".</summary>
public sealed record EscalationOptions
{
    /// <summary>In order of their delays, the first at once.</summary>
    public IReadOnlyList<EscalationStep> Steps { get; init; } =
    [
        new() { After = TimeSpan.Zero, To = Party.Assigned, Channels = [Channel.Email, Channel.Sms] },
        new() { After = TimeSpan.FromMinutes(5), To = Party.Assigned, Channels = [Channel.Email, Channel.Sms] },
        new() { After = TimeSpan.FromMinutes(10), To = Party.Backup, Channels = [Channel.Email, Channel.Sms] },
        new() { After = TimeSpan.FromMinutes(15), To = Party.Desk, Channels = [Channel.Email, Channel.Sms] },
        new() { After = TimeSpan.FromMinutes(20), To = Party.Everybody, Channels = [Channel.Email, Channel.Sms] },
    ];

    /// <summary>The steps begin again this long after they began, until somebody acknowledges.</summary>
    public TimeSpan RoundEvery { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>Tells people once and never again; for a first look at the product.</summary>
    public bool Once { get; init; }

    internal static void Validate(EscalationOptions options, Problems problems)
    {
        if (options.Steps.Count == 0)
            problems.Add("steps", "at least one step is needed");
        else if (options.Steps[0].After != TimeSpan.Zero)
            problems.At("steps", 0).Add("after", "must be \"0s\": the first step is at once");
        for (var i = 0; i < options.Steps.Count; i++)
        {
            if (options.Steps[i].Channels.Count == 0)
                problems.At("steps", i).Add("channels", "at least one channel is needed");
            if (i > 0 && options.Steps[i].After <= options.Steps[i - 1].After)
                problems.At("steps", i).Add("after", "must be later than the step before");
        }

        if (options.Steps.Count > 0 && options.RoundEvery < options.Steps[^1].After + TimeSpan.FromMinutes(1))
            problems.Add("roundEvery", "must be at least a minute after the last step");
    }
}

/// <summary>One step of the policy.</summary>
public sealed record EscalationStep
{
    /// <summary>Since the round began.</summary>
    public TimeSpan After { get; init; }

    public Party To { get; init; } = Party.Assigned;

    /// <summary>All of them at once, as far as the person has them.</summary>
    public IReadOnlyList<Channel> Channels { get; init; } = [Channel.Email, Channel.Sms];

    /// <summary>Besides those at Critical.</summary>
    public IReadOnlyList<Channel> AlsoAtCritical { get; init; } = [Channel.Voice];
}

/// <summary>Whom a step tells.</summary>
public enum Party
{
    /// <summary>The officers of the school; its counsellors for SelfHarm.</summary>
    Assigned,

    /// <summary>Those who stand in.</summary>
    Backup,

    /// <summary>The district's desk.</summary>
    Desk,

    /// <summary>All of the above.</summary>
    Everybody,
}
