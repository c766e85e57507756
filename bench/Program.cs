using ThreatWatch.Bench;

// Every number that we claim comes from here: dotnet run --project bench -c Release -- NAME
switch (args)
{
    case ["pipeline"]: return await PipelineBench.RunAsync(20_000);
    case ["pipeline", var count]: return await PipelineBench.RunAsync(int.Parse(count, System.Globalization.CultureInfo.InvariantCulture));
    case ["families"]: return FamiliesBench.Run();
    case ["latency"]: return await LatencyBench.RunAsync(100);
    case ["alerts", ..] when AsInstalled.Missing() is { } settings: return await AsInstalled.RunAsync(settings, args);
    case ["alerts"]: return await AlertsBench.RunAsync(1000, ["embedded", "scaled"]);
    case ["alerts", var way]: return await AlertsBench.RunAsync(1000, [way]);
    case ["alerts", var way, var count]: return await AlertsBench.RunAsync(int.Parse(count, System.Globalization.CultureInfo.InvariantCulture), [way]);
    case ["feeds", .. var rest]: return await Feeds.RunAsync(rest);
    case ["jetstream", var file, .. var rest]: return await Jetstream.RunAsync(file, rest);
    case ["detector", var file]: return DetectorBench.Run(file, soak: 0);
    case ["detector", var file, "--soak", var count]: return DetectorBench.Run(file, int.Parse(count, System.Globalization.CultureInfo.InvariantCulture));
    case [AlertProviders.Verb]: return await AlertProviders.RunAsync();
    case [FeedServer.Verb]: return await FeedServer.RunAsync(null);
    case [FeedServer.Verb, var certificate]: return await FeedServer.RunAsync(certificate);
    default:
        Console.Error.WriteLine("usage: bench NAME [options]\n  pipeline [20000]                                     posts a second on both ways beside the raw rates\n  families                                             posts a second through the search for near-duplicates\n  latency                                              seconds from the feed to the mail server on both ways\n  alerts [embedded|scaled [1000]]                       a thousand alerts at once to two hundred officers, stage by stage\n  feeds [--tls] [--feeds 10000] [--every 300] [--seconds 660]   polling many feeds: memory and CPU\n  jetstream FILE [--rate 100] [--seconds 30]   recorded events through parse and scope; a post from the stream to the store\n  detector FILE [--soak 10000000]                      judging beside ML.NET's FeaturizeText; keywords; the slowest posts; memory");
        return 2;
}
