using System.Text.Json;
using ThreatWatch.Core;

namespace ThreatWatch.Classifier.Evaluation;

/// <summary>A post of which a person has said what it is.</summary>
/// <param name="Truth">The danger that it holds; null for none.</param>
/// <param name="Family">What kind of post it is, for errors by family; "" where nobody said.</param>
/// <param name="Language">As the data says; "" where nobody said.</param>
public sealed record LabelledPost(string Text, Category? Truth, string Family, string Language)
{
    /// <summary>Reads NDJSON {text, label, family, lang} or tab-separated text, label, detail; bad lines go to <paramref name="errors"/> and are passed over.</summary>
    /// <exception cref="IOException">The file can't be read.</exception>
    public static IReadOnlyList<LabelledPost> Read(string file, TextWriter errors)
    {
        var posts = new List<LabelledPost>();
        var number = 0;
        foreach (var line in File.ReadLines(file))
        {
            number++;
            if (line.AsSpan().Trim().IsEmpty || line == "text\tlabel\tdetail")
                continue;
            var post = line.StartsWith('{') ? OfJson(line) : OfTabs(line);
            if (post is null)
                errors.WriteLine($"line {number} is neither {{\"text\",\"label\",...}} nor text, label and detail between tabs");
            else
                posts.Add(post);
        }

        return posts;
    }

    private static LabelledPost? OfJson(string line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            var root = document.RootElement;
            return Value(root, "text") is { } text && Value(root, "label") is { } label
                ? new LabelledPost(text, TruthOf(label), Value(root, "family") ?? "", Value(root, "lang") ?? "")
                : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static LabelledPost? OfTabs(string line)
    {
        var parts = line.Split('\t');
        return parts.Length < 2 ? null : new LabelledPost(parts[0], TruthOf(parts[1]), parts.Length > 2 ? parts[2] : parts[1], "");
    }

    private static string? Value(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    // All else (rude, mixed, harmless) is no danger, however its set calls it.
    private static Category? TruthOf(string label) => label.ToLowerInvariant() switch
    {
        "threat" => Category.Threat,
        "selfharm" or "self_harm" or "self-harm" => Category.SelfHarm,
        _ => null,
    };
}
