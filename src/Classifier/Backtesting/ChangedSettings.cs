using System.Text.Json;
using System.Text.Json.Nodes;
using ThreatWatch.Platform.Hosting;

namespace ThreatWatch.Classifier.Backtesting;

/// <summary>The configuration with some of its keys changed, as if the operator had edited the file: the same checks apply.</summary>
public static class ChangedSettings
{
    private const string Prefix = "classifier.";

    /// <summary>Null with problems where a change is none of the classifier's or makes the configuration invalid.</summary>
    /// <param name="changes">"classifier.thresholds.threat.high=0.8": the file's own keys, joined by dots; the value as JSON, or a bare text.</param>
    /// <param name="keywords">A file of keywords in place of the configured one, relative to the working folder; null for no change.</param>
    public static (SettingsSnapshot? Snapshot, IReadOnlyList<Problem> Problems) Of(Settings settings, IReadOnlyList<string> changes, string? keywords)
    {
        var file = settings.Current.File;
        JsonObject root;
        try
        {
            root = JsonNode.Parse(
                File.ReadAllText(file), documentOptions: new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true })!.AsObject();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException)
        {
            return (null, [new Problem("", $"{file} can't be read: {exception.Message}")]);
        }

        var problems = new List<Problem>();
        foreach (var change in changes)
        {
            var equals = change.IndexOf('=', StringComparison.Ordinal);
            if (equals < 1)
                problems.Add(new Problem("--set", $"must be KEY=VALUE, not \"{change}\""));
            else if (!change.StartsWith(Prefix, StringComparison.Ordinal))
                problems.Add(new Problem(change[..equals], $"can't be tried here: only keys that begin with \"{Prefix}\" change how posts are judged"));
            else if (!TrySet(root, change[..equals].Split('.'), Value(change[(equals + 1)..])))
                problems.Add(new Problem(change[..equals], "is no place in the configuration: a key before it holds a value"));
        }

        if (keywords is not null)
            TrySet(root, ["classifier", "keywords"], JsonValue.Create(Path.GetFullPath(keywords)));
        return problems.Count > 0 ? (null, problems) : SettingsSnapshot.Parse(file, root.ToJsonString(), settings.Sections);
    }

    private static bool TrySet(JsonObject root, string[] keys, JsonNode? value)
    {
        var place = root;
        foreach (var key in keys[..^1])
        {
            if (place[key] is null)
                place[key] = new JsonObject();
            if (place[key] is not JsonObject next)
                return false;
            place = next;
        }

        place[keys[^1]] = value;
        return true;
    }

    private static JsonNode? Value(string text)
    {
        try
        {
            return JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return JsonValue.Create(text);
        }
    }
}
