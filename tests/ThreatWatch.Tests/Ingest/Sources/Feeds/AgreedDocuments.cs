using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using ThreatWatch.Ingest.Sources.Feeds;

namespace ThreatWatch.Tests.Ingest.Sources.Feeds;

/// <summary>The shared documents with what independent parsers agree each one says, and the rules to compare by.</summary>
internal static partial class AgreedDocuments
{
    /// <summary>Null where the shared data is not beside the checkout.</summary>
    public static string? Folder()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            foreach (var shared in new[] { Path.Combine(folder.FullName, "shared"), Path.Combine(folder.FullName, "..", "shared") })
            {
                if (File.Exists(Path.Combine(shared, "DESIGN.md")) && File.Exists(Path.Combine(shared, "data", "feeds", "agreed.jsonl")))
                    return Path.Combine(shared, "data", "feeds");
            }
        }
        return null;
    }

    /// <summary>Each document's path, whether it is ill-formed, and the differences between our reading and the agreed one.</summary>
    public static IEnumerable<(string Path, bool IsBozo, List<string> Differences)> Compare(string folder)
    {
        foreach (var line in File.ReadLines(Path.Combine(folder, "agreed.jsonl")))
        {
            using var json = JsonDocument.Parse(line);
            var document = json.RootElement;
            var path = document.GetProperty("path").GetString()!;
            var outcome = FeedReader.Read(
                File.ReadAllBytes(Path.Combine(folder, path)), document.GetProperty("contentType").GetString(), new Uri(document.GetProperty("base").GetString()!));
            yield return (path, document.GetProperty("bozo").GetBoolean(), Differences(outcome, document.GetProperty("must")));
        }
    }

    private static List<string> Differences(FeedOutcome outcome, JsonElement must)
    {
        if (outcome is not FeedDocument feed)
            return [outcome.ToString()!];
        var differences = new List<string>();
        if (feed.Entries.Count != must.GetProperty("n").GetInt32())
            differences.Add($"{feed.Entries.Count} entries, not {must.GetProperty("n")}");
        var index = 0;
        foreach (var expected in must.GetProperty("entries").EnumerateArray())
        {
            if (index >= feed.Entries.Count)
                break;
            var entry = feed.Entries[index++];
            foreach (var key in expected.EnumerateObject())
            {
                var wanted = Normal(key.Value.GetString());
                var read = Normal(key.Name switch
                {
                    "title" => entry.Title,
                    "link" => entry.Url,
                    "id" => entry.Id,
                    "text" => entry.Text,
                    _ => (entry.PublishedAt ?? entry.UpdatedAt)?.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", null),
                });
                if (read != wanted)
                    differences.Add($"entry {index} {key.Name}: [{read}] not [{wanted}]");
            }
        }
        return differences;
    }

    private static string Normal(string? text) => WhiteSpace().Replace((text ?? "").Normalize(NormalizationForm.FormC), " ").Trim();

    [GeneratedRegex(@"[\s\u00a0]+")]
    private static partial Regex WhiteSpace();
}
