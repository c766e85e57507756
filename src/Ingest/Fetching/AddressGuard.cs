using System.Net;
using System.Net.Sockets;

namespace ThreatWatch.Ingest.Fetching;

/// <summary>
/// Says which addresses are public. A feed's address comes from outside, by DNS or redirect, and must not reach this machine, its
/// network or a cloud's metadata service. Ranges: IANA special-purpose registries for IPv4 and IPv6.
/// </summary>
internal static class AddressGuard
{
    private static readonly (IPNetwork Network, string What, bool IsPrivate)[] Special4 =
    [
        (IPNetwork.Parse("0.0.0.0/8"), "this host", false),
        (IPNetwork.Parse("10.0.0.0/8"), "private", true),
        (IPNetwork.Parse("100.64.0.0/10"), "carrier-grade NAT", true),
        (IPNetwork.Parse("127.0.0.0/8"), "loopback", true),
        (IPNetwork.Parse("168.63.129.16/32"), "cloud platform", false),
        (IPNetwork.Parse("169.254.0.0/16"), "link-local", false),
        (IPNetwork.Parse("172.16.0.0/12"), "private", true),
        (IPNetwork.Parse("192.0.0.0/24"), "reserved", false),
        (IPNetwork.Parse("192.0.2.0/24"), "documentation", false),
        (IPNetwork.Parse("192.88.99.0/24"), "6to4 relay", false),
        (IPNetwork.Parse("192.168.0.0/16"), "private", true),
        (IPNetwork.Parse("198.18.0.0/15"), "benchmarking", false),
        (IPNetwork.Parse("198.51.100.0/24"), "documentation", false),
        (IPNetwork.Parse("203.0.113.0/24"), "documentation", false),
        (IPNetwork.Parse("224.0.0.0/4"), "multicast", false),
        (IPNetwork.Parse("240.0.0.0/4"), "reserved", false),
    ];

    private static readonly (IPNetwork Network, string What, bool IsPrivate)[] Special6 =
    [
        (IPNetwork.Parse("::1/128"), "loopback", true),
        (IPNetwork.Parse("fc00::/7"), "private", true),
        (IPNetwork.Parse("fe80::/10"), "link-local", false),
        (IPNetwork.Parse("ff00::/8"), "multicast", false),
        (IPNetwork.Parse("2001::/23"), "reserved", false),
        (IPNetwork.Parse("2001:db8::/32"), "documentation", false),
        (IPNetwork.Parse("3fff::/20"), "documentation", false),
    ];

    private static readonly IPNetwork Global6 = IPNetwork.Parse("2000::/3");
    private static readonly IPNetwork Nat64 = IPNetwork.Parse("64:ff9b::/96");
    private static readonly IPNetwork SixToFour = IPNetwork.Parse("2002::/16");

    /// <summary>Null for a public address, else what it is, such as "loopback".</summary>
    /// <param name="allowPrivate">Lets private networks, carrier-grade NAT and loopback pass; nothing else.</param>
    public static string? WhyNot(IPAddress address, bool allowPrivate)
    {
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        if (address.AddressFamily == AddressFamily.InterNetwork)
            return Find(Special4, address, allowPrivate);
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
            return "no internet address";

        // A v6 address that carries a v4 one leads there, so that one is judged.
        var bytes = address.GetAddressBytes();
        if (Nat64.Contains(address))
            return Find(Special4, new IPAddress(bytes.AsSpan(12, 4)), allowPrivate: false) is { } translated ? $"NAT64 of {translated}" : null;
        if (SixToFour.Contains(address))
            return Find(Special4, new IPAddress(bytes.AsSpan(2, 4)), allowPrivate: false) is { } tunnelled ? $"6to4 of {tunnelled}" : null;
        if (Special6.Any(special => special.Network.Contains(address)))
            return Find(Special6, address, allowPrivate);
        return Global6.Contains(address) ? null : "reserved";
    }

    /// <summary>True where one of the networks holds the address, in its v4 form where it has one.</summary>
    public static bool IsIn(IEnumerable<string> networks, IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        return networks.Any(text => IPNetwork.TryParse(text, out var network) && network.Contains(address));
    }

    private static string? Find((IPNetwork Network, string What, bool IsPrivate)[] table, IPAddress address, bool allowPrivate)
    {
        foreach (var (network, what, isPrivate) in table)
        {
            if (network.Contains(address))
                return allowPrivate && isPrivate ? null : what;
        }

        return null;
    }
}
