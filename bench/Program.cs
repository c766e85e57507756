using ThreatWatch.Bench;

// Every number that we claim comes from here: dotnet run --project bench -c Release -- NAME
switch (args)
{
    case ["feeds", .. var rest]: return await Feeds.RunAsync(rest);
    case [FeedServer.Verb, ..]: return await FeedServer.RunAsync();
    default:
        Console.Error.WriteLine("usage: bench NAME [options]\n  feeds [--feeds 10000] [--every 300] [--seconds 660]   polling many feeds: memory and CPU");
        return 2;
}
