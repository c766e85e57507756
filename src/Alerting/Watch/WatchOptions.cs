using ThreatWatch.Core;
using ThreatWatch.Platform.Hosting;

namespace ThreatWatch.Alerting.Watch;

/// <summary>Who hears that the chain itself is in trouble, and when something counts as trouble. Part "watch" of section "alerting".</summary>
public sealed record WatchOptions
{
    /// <summary>Ids of the district's people who run ThreatWatch; the desk where none is named.</summary>
    public IReadOnlyList<string> Operators { get; init; } = [];

    /// <summary>How long a trouble lasts before they are told of it again. 10 minutes to 7 days.</summary>
    public TimeSpan RemindEvery { get; init; } = TimeSpan.FromHours(4);

    /// <summary>How long a trouble must be gone before the all-clear: one that comes and goes is one trouble. Up to a day.</summary>
    public TimeSpan ClearAfter { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>A role without a sign of life for so long; it gives one every 10 seconds. 30 seconds to a day.</summary>
    public TimeSpan RoleSilentAfter { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Messages between the roles, posts and steps that wait for so long. 1 minute to a day.</summary>
    public TimeSpan WaitsAfter { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Messages to people that no provider has taken for so long. 1 minute to a day.</summary>
    public TimeSpan UnsentAfter { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>A source that can't be read for so long. 5 minutes to 30 days.</summary>
    public TimeSpan SourceFailsAfter { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How often the mail server and Twilio are logged in to although nothing is to be sent. 1 minute to a day; 0s for never.</summary>
    public TimeSpan ProbeEvery { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Null for none.</summary>
    public PingOptions? Ping { get; init; }

    /// <summary>Those who are told, as far as they are known.</summary>
    internal IEnumerable<Officer> OperatorsOf(District district) =>
        (Operators.Count == 0 ? [district.Desk] : Operators).Distinct().Select(district.FindOfficer).OfType<Officer>();

    internal static void Validate(WatchOptions options, District district, Problems problems)
    {
        for (var i = 0; i < options.Operators.Count; i++)
        {
            if (district.FindOfficer(options.Operators[i]) is null)
                problems.At("operators", i).Add("", $"no officer has the id \"{options.Operators[i]}\"");
        }

        Check("remindEvery", options.RemindEvery, TimeSpan.FromMinutes(10), TimeSpan.FromDays(7), "10m to 7d");
        Check("clearAfter", options.ClearAfter, TimeSpan.Zero, TimeSpan.FromDays(1), "0s to 1d");
        Check("roleSilentAfter", options.RoleSilentAfter, TimeSpan.FromSeconds(30), TimeSpan.FromDays(1), "30s to 1d");
        Check("waitsAfter", options.WaitsAfter, TimeSpan.FromMinutes(1), TimeSpan.FromDays(1), "1m to 1d");
        Check("unsentAfter", options.UnsentAfter, TimeSpan.FromMinutes(1), TimeSpan.FromDays(1), "1m to 1d");
        Check("sourceFailsAfter", options.SourceFailsAfter, TimeSpan.FromMinutes(5), TimeSpan.FromDays(30), "5m to 30d");
        if (options.ProbeEvery != TimeSpan.Zero)
            Check("probeEvery", options.ProbeEvery, TimeSpan.FromMinutes(1), TimeSpan.FromDays(1), "1m to 1d, or 0s");
        if (options.Ping is not { } ping)
            return;
        if (!Uri.TryCreate(ping.Url.Reveal(), UriKind.Absolute, out var uri) || (uri.Scheme != Uri.UriSchemeHttps && !(uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback)))
            problems.At("ping").Add("url", "must be an address that begins with https://");
        if (ping.Every < TimeSpan.FromMinutes(1) || ping.Every > TimeSpan.FromDays(1))
            problems.At("ping").Add("every", "must be 1m to 1d");

        void Check(string key, TimeSpan value, TimeSpan least, TimeSpan most, string range)
        {
            if (value < least || value > most)
                problems.Add(key, $"must be {range}");
        }
    }
}

/// <summary>An outside monitor that cries when it hears nothing (a dead man's switch): it alone notices that this machine is gone.</summary>
public sealed record PingOptions
{
    /// <summary>Asked with GET while all is well.</summary>
    public Secret Url { get; init; } = Secret.None;

    /// <summary>1 minute to a day; let the monitor cry after three times as long.</summary>
    public TimeSpan Every { get; init; } = TimeSpan.FromMinutes(5);
}
