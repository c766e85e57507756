using System.Globalization;
using ThreatWatch.EndToEnd.Machine;
using ThreatWatch.Ingest.Families;

namespace ThreatWatch.Bench;

/// <summary>The search for near-duplicates alone: posts of the corpus for one school, each against the thousands before it, on one core.</summary>
internal static class FamiliesBench
{
    private const int Capacity = 20_000;

    public static int Run()
    {
        var texts = CorpusTexts();
        // Once for the compiler, then what is measured.
        Assign(texts[..Math.Min(2000, texts.Count)]);
        // Time on the processor, since the machine may have other work.
        var (before, start) = (GC.GetAllocatedBytesForCurrentThread(), Environment.CpuUsage.TotalTime);
        var families = Assign(texts);
        var (seconds, bytes) = ((Environment.CpuUsage.TotalTime - start).TotalSeconds, GC.GetAllocatedBytesForCurrentThread() - before);
        System.Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{texts.Count:N0} posts in {seconds:0.00} s on one core: {texts.Count / seconds:N0} a second, {bytes / texts.Count:N0} bytes each, {families:N0} families"));
        return 0;
    }

    private static int Assign(List<string> texts)
    {
        var index = new FamilyIndex(Capacity);
        string[] schools = ["cedar-ridge-high"];
        return texts.Select((text, i) => index.Assign(i.ToString(CultureInfo.InvariantCulture), text, schools)).Distinct().Count();
    }

    private static List<string> CorpusTexts() =>
    [
        .. Directory.GetFiles(Path.Combine(TestMachine.Checkout, "models", "corpus"), "*.ndjson").Order(StringComparer.Ordinal).SelectMany(File.ReadLines)
            .Select(line => System.Text.Json.JsonDocument.Parse(line).RootElement.GetProperty("text").GetString()!),
    ];
}
