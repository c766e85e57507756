using System.Net;
using ThreatWatch.Ingest.Fetching;
using ThreatWatch.Tests.Wire;

namespace ThreatWatch.Tests.Ingest.Fetching;

public sealed class AddressTests
{
    private static readonly FetchingOptions NothingAllowed = new();

    public static TheoryData<string> HostileHosts =>
    [
        "127.0.0.1", "127.1", "127.255.255.254", "2130706433", "0177.0.0.1", "0x7f.0.0.1", "0x7f000001", "017700000001", "0", "0.0.0.0",
        "10.0.0.1", "0xa.1", "172.16.0.1", "172.31.255.255", "192.168.0.1", "100.64.0.1", "100.127.255.255", "169.254.169.254", "2852039166",
        "0xa9fea9fe", "168.63.129.16", "192.0.0.192", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255",
        "240.0.0.1", "255.255.255.255", "[::]", "[::1]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::ffff:169.254.169.254]",
        "[::127.0.0.1]", "[::ffff:0:127.0.0.1]", "[64:ff9b::127.0.0.1]", "[64:ff9b::a9fe:a9fe]", "[64:ff9b::10.0.0.1]", "[64:ff9b:1::8.8.8.8]",
        "[2002:7f00:1::]", "[2002:c0a8:1::1]", "[2001:0:4136:e378:8000:63bf:3fff:fdd2]", "[fc00::1]", "[fd00:ec2::254]", "[fe80::1]", "[fec0::1]",
        "[ff02::1]", "[2001:db8::1]", "[100::1]", "[5f00::1]", "localhost", "localhost.", "127.0.0.1.",
    ];

    [Theory]
    [MemberData(nameof(HostileHosts))]
    public async Task A_hostile_address_is_never_connected_to(string host)
    {
        await using var bench = new FetchBench(_ => WireReply.Ok("secret"), NothingAllowed);

        var outcome = await bench.GetAsync(new FetchRequest(new Uri($"http://{host}:{bench.Server.Port}/")));

        Assert.IsType<Refused>(outcome);
        Assert.Empty(bench.Server.Requests);
    }

    [Theory]
    [MemberData(nameof(HostileHosts))]
    public async Task Nor_is_it_by_way_of_a_redirect(string host)
    {
        // The first hop is allowed by its exact address, so that only the second is judged.
        if (host is "127.0.0.1" or "[::ffff:127.0.0.1]" or "[::ffff:7f00:1]" or "localhost" or "localhost." or "127.0.0.1." || new Uri($"http://{host}").Host is "127.0.0.1")
            return;
        var options = new FetchingOptions { AllowedAddresses = ["127.0.0.1/32"] };
        ScriptedServer? server = null;
        await using var bench = new FetchBench(request => request.Path == "/start" ? WireReply.To($"http://{host}:{server!.Port}/inside") : WireReply.Ok("secret"), options);
        server = bench.Server;

        Assert.IsType<Refused>(await bench.GetAsync("/start"));
        Assert.Single(bench.Server.Requests);
    }

    [Fact]
    public async Task A_name_is_judged_anew_by_the_address_of_each_connection()
    {
        // DNS rebinding: an address that is fine at first, another one at the second look.
        var answers = new Queue<string>(["127.0.0.1", "127.0.0.2"]);
        var options = new FetchingOptions { AllowedAddresses = ["127.0.0.1/32"] };
        await using var bench = new FetchBench(_ => WireReply.Raw(WireReply.Head(200, "Connection: close"), "x"), options, _ => [IPAddress.Parse(answers.Dequeue())]);
        var request = new FetchRequest(bench.Server.Url(host: "rebound.example"));

        Assert.IsType<Fetched>(await bench.GetAsync(request));
        Assert.Contains("loopback", Assert.IsType<Refused>(await bench.GetAsync(request)).Why, StringComparison.Ordinal);
        Assert.Single(bench.Server.Requests);
    }

    [Fact]
    public async Task A_source_that_may_be_private_reaches_its_own_host_and_no_other()
    {
        ScriptedServer? server = null;
        await using var bench = new FetchBench(
            request => request.Path == "/leave" ? WireReply.To($"http://127.0.0.2:{server!.Port}/") : WireReply.Ok("x"), NothingAllowed);
        server = bench.Server;

        Assert.IsType<Fetched>(await bench.GetAsync(new FetchRequest(bench.Server.Url()) { AllowPrivateAddress = true }));
        Assert.IsType<Refused>(await bench.GetAsync(new FetchRequest(bench.Server.Url("/leave")) { AllowPrivateAddress = true }));
        // And what it opened is not lent to a source that may not.
        Assert.IsType<Refused>(await bench.GetAsync());
    }

    [Theory]
    [InlineData("169.254.169.254")]
    [InlineData("0.0.0.0")]
    [InlineData("224.0.0.1")]
    [InlineData("fe80::1")]
    public void Even_a_source_that_may_be_private_may_not_reach(string address) =>
        Assert.NotNull(AddressGuard.WhyNot(IPAddress.Parse(address), allowPrivate: true));

    [Theory]
    [InlineData("8.8.8.8")]
    [InlineData("100.63.255.255")]
    [InlineData("172.32.0.1")]
    [InlineData("2606:4700::1111")]
    [InlineData("64:ff9b::8.8.8.8")]
    [InlineData("::ffff:8.8.8.8")]
    public void Public_addresses_pass(string address) => Assert.Null(AddressGuard.WhyNot(IPAddress.Parse(address), allowPrivate: false));
}
