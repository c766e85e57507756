using System.Text;
using System.Text.Json;
using ThreatWatch.Ingest.Sources;
using ThreatWatch.Ingest.Sources.Files;
using ThreatWatch.Platform.Hosting;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Ingest.Intake;

/// <summary>The verb <c>replay</c>: NDJSON posts through the front door, each as if its source had just brought it.</summary>
public static class ReplayVerb
{
    /// <summary>The source of lines that name none; its posts must name a school.</summary>
    public const string Unnamed = "replay";

    private const int LinesInATransaction = 500;

    /// <returns>0; 1 where not one line could be taken.</returns>
    public static async Task<int> RunAsync(
        FrontDoor door, Settings settings, TextReader input, TextWriter output, TextWriter error, CancellationToken cancellationToken)
    {
        var sources = settings.Get<IReadOnlyList<SourceOptions>>().Append(new SourceOptions { Id = Unnamed }).ToDictionary(source => source.Id);
        var waiting = new List<(SourceOptions Source, SourceItem Item)>();
        var total = new IntakeResult(0, 0, 0, 0, 0, 0);
        var bad = 0;
        var number = 0;
        while (await input.ReadLineAsync(cancellationToken) is { } line)
        {
            number++;
            if (string.IsNullOrWhiteSpace(line))
                continue;
            var (source, item, why) = Parse(line, sources);
            if (item is null)
            {
                bad++;
                await error.WriteLineAsync($"line {number}: {why}");
                continue;
            }

            waiting.Add((source!, item));
            if (waiting.Count == LinesInATransaction)
                total = total.Plus(await StoreAsync(door, waiting, cancellationToken));
        }

        total = total.Plus(await StoreAsync(door, waiting, cancellationToken)) with { Bad = total.Bad + bad };
        await output.WriteLineAsync(Json.Write(total));
        return number > 0 && bad == number ? 1 : 0;
    }

    // In the order of the file, a transaction for each run of lines of one source.
    private static async Task<IntakeResult> StoreAsync(FrontDoor door, List<(SourceOptions Source, SourceItem Item)> waiting, CancellationToken cancellationToken)
    {
        var total = new IntakeResult(0, 0, 0, 0, 0, 0);
        for (var start = 0; start < waiting.Count;)
        {
            var source = waiting[start].Source;
            var items = waiting.Skip(start).TakeWhile(pair => pair.Source == source).Select(pair => pair.Item).ToList();
            total = total.Plus(await door.StoreAsync(source, new SourceBatch(items, null), cancellationToken));
            start += items.Count;
        }

        waiting.Clear();
        return total;
    }

    private static (SourceOptions? Source, SourceItem? Item, string? Why) Parse(string line, Dictionary<string, SourceOptions> sources)
    {
        var (item, why) = NdjsonLine.Parse(Encoding.UTF8.GetBytes(line));
        if (item is null)
            return (null, null, why);
        using var document = JsonDocument.Parse(line);
        var id = document.RootElement.TryGetProperty("source", out var named) && named.ValueKind == JsonValueKind.String ? named.GetString()! : Unnamed;
        return sources.TryGetValue(id, out var source)
            ? (source, item, null)
            : (null, null, $"no source has the id \"{id}\"; known: {string.Join(", ", sources.Keys)}");
    }
}
