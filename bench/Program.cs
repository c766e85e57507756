using ThreatWatch.Bench;

// Every number that we claim comes from here: dotnet run --project bench -c Release -- NAME
switch (args)
{
    case ["feeds", .. var rest]: return await Feeds.RunAsync(rest);
    case ["jetstream", var file, .. var rest]: return await Jetstream.RunAsync(file, rest);
    case [FeedServer.Verb, ..]: return await FeedServer.RunAsync();
    default:
        Console.Error.WriteLine("usage: bench NAME [options]\n  feeds [--feeds 10000] [--every 300] [--seconds 660]   polling many feeds: memory and CPU\n  jetstream FILE [--rate 100] [--seconds 30]   recorded events through parse and scope; a post from the stream to the store");
        return 2;
}
