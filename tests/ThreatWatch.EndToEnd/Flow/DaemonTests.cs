using System.Net.Sockets;
using System.Text;
using ThreatWatch.EndToEnd.Machine;

namespace ThreatWatch.EndToEnd.Flow;

/// <summary>The daemon as systemd and an operator see it.</summary>
public sealed class DaemonTests(TestMachine machine)
{
    [Theory]
    [InlineData("embedded")]
    [InlineData("scaled")]
    public async Task SIGTERM_under_load_ends_every_process_cleanly_within_ten_seconds_and_loses_nothing(string way)
    {
        await using var pipeline = await Pipeline.OpenAsync(machine, way);
        await pipeline.StartAsync();
        for (var i = 1; i <= 40; i++)
            pipeline.Threaten(i);
        await pipeline.AwaitMailsAsync([1]);

        var ends = await Task.WhenAll(pipeline.Processes.Select(process => process.StopAsync()));

        Assert.All(ends, end => Assert.Equal((true, 0), (end.Took < TimeSpan.FromSeconds(10), end.ExitCode)));
        var sent = pipeline.MailsByPost().Select(group => group.Key).ToHashSet();
        await pipeline.StartAsync();
        await pipeline.AwaitMailsAsync(Enumerable.Range(1, 40), 150);
        Assert.All(pipeline.MailsByPost().Where(group => sent.Contains(group.Key)), mails => Assert.Single(mails));
    }

    [Fact]
    public async Task It_tells_systemd_when_it_is_ready_and_when_it_stops()
    {
        await using var pipeline = await Pipeline.OpenAsync(machine, "embedded");
        var path = Path.Combine(machine.NewFolder("notify"), "socket");
        using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(path));
        var heard = new List<string>();

        await pipeline.Processes[0].StartAsServiceAsync(path);
        heard.Add(await ReadAsync(socket));
        await pipeline.Processes[0].StopAsync();
        heard.Add(await ReadAsync(socket));

        Assert.Equal(["READY=1", "STOPPING=1"], heard.Select(text => text.Trim()));
    }

    [Fact]
    public async Task A_second_one_on_the_same_address_ends_with_one_line_that_names_the_key()
    {
        await using var pipeline = await Pipeline.OpenAsync(machine, "embedded");
        await pipeline.StartAsync();

        await using var second = await pipeline.Processes[0].VerbAsync("run");

        Assert.Equal(2, second.ExitCode);
        // Services that had begun may log their end after it.
        Assert.Single(second.Errors, line => line.StartsWith("http.listen: ", StringComparison.Ordinal));
        Assert.DoesNotContain(second.Errors, line => line.StartsWith("   at ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_edit_of_the_settings_takes_effect_while_it_runs_and_a_bad_one_changes_nothing()
    {
        await using var pipeline = await Pipeline.OpenAsync(machine, "embedded");
        await pipeline.StartAsync();
        var process = pipeline.Processes[0];
        pipeline.Threaten(1);
        await pipeline.AwaitMailsAsync([1]);

        var bad = (System.Text.Json.Nodes.JsonObject)pipeline.Settings.DeepClone();
        bad["district"]!["officers"]![0]!["email"] = "not an address";
        process.Write(bad);
        await SaidAsync(process, "earlier settings stay in force");
        pipeline.Threaten(2);
        await pipeline.AwaitMailsAsync([2]);

        var good = (System.Text.Json.Nodes.JsonObject)pipeline.Settings.DeepClone();
        good["district"]!["officers"]![0]!["email"] = "successor@district.example";
        process.Write(good);
        await SaidAsync(process, "are in force");
        pipeline.Threaten(3);
        await pipeline.AwaitMailsAsync([3]);

        var mails = pipeline.MailsByPost();
        Assert.Equal([Pipeline.Officer], mails[2].Single().To);
        Assert.Equal(["successor@district.example"], mails[3].Single().To);
    }

    [Theory]
    [InlineData("embedded")]
    [InlineData("scaled")]
    public async Task No_log_line_holds_words_of_a_post_names_or_numbers(string way)
    {
        await using var pipeline = await Pipeline.OpenAsync(machine, way);
        var verbose = (System.Text.Json.Nodes.JsonObject)pipeline.Settings.DeepClone();
        verbose["log"]!["level"] = "trace";
        foreach (var process in pipeline.Processes)
            process.Write(verbose);
        pipeline.Mail.AnswerWith("450 4.2.0 <ortega@district.example> quixotical greylisting");
        pipeline.Feed.Add("threat-1", "im going to shoot up Cedar Ridge High tomorrow, i have the gun, zanzibarian marmalade", "xylophonist99");
        await pipeline.StartAsync();
        await TestMachine.EventuallyAsync(
            () => Task.FromResult(pipeline.Processes.Any(process => process.Log.Any(line => line.Contains("450", StringComparison.Ordinal)))),
            TimeSpan.FromSeconds(60),
            () => string.Join('\n', pipeline.Processes.SelectMany(process => process.Log).TakeLast(30)));
        pipeline.Mail.AnswerWith(null);
        await pipeline.AwaitMailsAsync([1], 120);
        foreach (var process in pipeline.Processes)
            await process.StopAsync();

        var log = string.Join('\n', pipeline.Processes.SelectMany(process => process.Log.Concat(process.Current.Output)));
        Assert.NotEmpty(log);
        Assert.All(
            (string[])["zanzibarian", "marmalade", "shoot up", "xylophonist99", Pipeline.Officer, "Ortegaberg", Pipeline.Phone, "5555550147"],
            secret => Assert.DoesNotContain(secret, log, StringComparison.OrdinalIgnoreCase));
    }

    private static async Task SaidAsync(ThreatWatchProcess process, string text) =>
        await TestMachine.EventuallyAsync(
            () => Task.FromResult(process.Log.Any(line => line.Contains(text, StringComparison.Ordinal))),
            TimeSpan.FromSeconds(20),
            () => string.Join('\n', process.Log.TakeLast(20)));

    private static async Task<string> ReadAsync(Socket socket)
    {
        var buffer = new byte[256];
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var length = await socket.ReceiveAsync(buffer, SocketFlags.None, limit.Token);
        return Encoding.UTF8.GetString(buffer, 0, length);
    }
}
