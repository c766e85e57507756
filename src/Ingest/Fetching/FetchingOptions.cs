using System.Net;
using ThreatWatch.Platform.Hosting;

namespace ThreatWatch.Ingest.Fetching;

/// <summary>The limits under which anything outside is fetched. Section "fetching" of the configuration; changes take effect at the next fetch.</summary>
public sealed record FetchingOptions
{
    /// <summary>Networks in CIDR form, such as "10.20.0.0/16", that may be fetched although they are not public: intranets and tests.</summary>
    public IReadOnlyList<string> AllowedAddresses { get; init; } = [];

    /// <summary>For a whole fetch, redirects and body included: 1 s to 5 min.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>For one read without a byte: 1 s to 5 min.</summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>For a connection: 1 s to 1 min.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The largest body, after decompression: 64 KiB to 100 MiB.</summary>
    public int MaxBytes { get; init; } = 10 * 1024 * 1024;

    /// <summary>How many times larger than the bytes on the wire a body over 1 MiB may become: 10 to 1000.</summary>
    public int MaxInflation { get; init; } = 200;

    /// <summary>Requests to one registrable host (example.org with all its sub-domains) a minute: 1 to 6000.</summary>
    public int PerHostPerMinute { get; init; } = 60;

    /// <summary>How many of them may come at once: 1 to 100.</summary>
    public int PerHostBurst { get; init; } = 10;

    /// <summary>The longest pause that a feed may wish for (ttl, max-age, skipHours): a wrong header must not silence a source. 5 min to 1 day.</summary>
    public TimeSpan LongestWish { get; init; } = TimeSpan.FromHours(1);

    /// <summary>The longest Retry-After that is obeyed: 5 min to 1 day.</summary>
    public TimeSpan LongestRetryAfter { get; init; } = TimeSpan.FromHours(6);

    /// <summary>
    /// Posts of open alerts are looked for at their addresses before people are told again; false where the district does not want sites
    /// to see that.
    /// </summary>
    public bool CheckAlertedPosts { get; init; } = true;

    internal static void Validate(FetchingOptions options, Problems problems)
    {
        for (var i = 0; i < options.AllowedAddresses.Count; i++)
        {
            if (!IPNetwork.TryParse(options.AllowedAddresses[i], out _))
                problems.At("allowedAddresses", i).Add("", $"\"{options.AllowedAddresses[i]}\" is not a network such as \"10.20.0.0/16\"");
        }

        Between(options.Timeout, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5), "timeout", "1s to 5m", problems);
        Between(options.StallTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5), "stallTimeout", "1s to 5m", problems);
        Between(options.ConnectTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1), "connectTimeout", "1s to 1m", problems);
        Between(options.MaxBytes, 64 * 1024, 100 * 1024 * 1024, "maxBytes", "65536 to 104857600", problems);
        Between(options.MaxInflation, 10, 1000, "maxInflation", "10 to 1000", problems);
        Between(options.PerHostPerMinute, 1, 6000, "perHostPerMinute", "1 to 6000", problems);
        Between(options.PerHostBurst, 1, 100, "perHostBurst", "1 to 100", problems);
        Between(options.LongestWish, TimeSpan.FromMinutes(5), TimeSpan.FromDays(1), "longestWish", "5m to 1d", problems);
        Between(options.LongestRetryAfter, TimeSpan.FromMinutes(5), TimeSpan.FromDays(1), "longestRetryAfter", "5m to 1d", problems);
    }

    private static void Between<T>(T value, T least, T most, string key, string range, Problems problems)
        where T : IComparable<T>
    {
        if (value.CompareTo(least) < 0 || value.CompareTo(most) > 0)
            problems.Add(key, $"must be {range}");
    }
}
