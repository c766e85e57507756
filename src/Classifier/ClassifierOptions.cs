using ThreatWatch.Classifier.Risk;
using ThreatWatch.Classifier.Rules;
using ThreatWatch.Core;
using ThreatWatch.Platform.Hosting;

namespace ThreatWatch.Classifier;

/// <summary>How posts are judged. Section "classifier" of the configuration; all of it reloads while the daemon runs.</summary>
public sealed record ClassifierOptions
{
    /// <summary>The folder of the model, relative to the configuration.</summary>
    public string Model { get; init; } = "../models";

    /// <summary>The district's keywords, relative to the configuration; empty for none.</summary>
    public string Keywords { get; init; } = "keywords.json";

    public Thresholds Thresholds { get; init; } = new();

    public Weights Weights { get; init; } = new();

    /// <summary>A second setting that runs along, is recorded and alerts nobody; what is missing in it is as in the first.</summary>
    public ShadowOptions? Shadow { get; init; }

    /// <summary>The same as one setting of its own, or null without a shadow.</summary>
    public ClassifierOptions? ShadowSetting => Shadow is null ? null : this with
    {
        Model = Shadow.Model ?? Model,
        Keywords = Shadow.Keywords ?? Keywords,
        Thresholds = Shadow.Thresholds ?? Thresholds,
        Weights = Shadow.Weights ?? Weights,
        Shadow = null,
    };

    internal static void Validate(ClassifierOptions options, SettingsSnapshot all, Problems problems)
    {
        if (options.Model.Length == 0)
            problems.Add("model", "is needed: the folder of the model");
        CheckKeywords(options.Keywords, all, problems);
        CheckThresholds(options.Thresholds, problems.At("thresholds"));
        CheckWeights(options.Weights, problems.At("weights"));
        if (options.Shadow is not { } shadow)
            return;
        var at = problems.At("shadow");
        if (shadow == new ShadowOptions())
            at.Add("", "says nothing of its own; give it a model, keywords, thresholds or weights, or leave it out");
        if (shadow.Keywords is { } keywords)
            CheckKeywords(keywords, all, at);
        if (shadow.Thresholds is { } thresholds)
            CheckThresholds(thresholds, at.At("thresholds"));
        if (shadow.Weights is { } weights)
            CheckWeights(weights, at.At("weights"));
    }

    private static void CheckKeywords(string file, SettingsSnapshot all, Problems problems)
    {
        if (file.Length > 0)
            KeywordFile.Load(Path.GetFullPath(file, all.Folder), all.Get<District>(), problems.At("keywords"));
    }

    private static void CheckThresholds(Thresholds thresholds, Problems problems)
    {
        foreach (var (of, name) in new[] { (thresholds.Threat, "threat"), (thresholds.SelfHarm, "selfHarm") })
        {
            var at = problems.At(name);
            var steps = new[] { (of.Low, "low"), (of.Elevated, "elevated"), (of.High, "high"), (of.Critical, "critical") };
            var (below, belowKey) = (0.0, "");
            foreach (var (value, key) in steps)
            {
                if (!(value > 0 && value < 1))
                    at.Add(key, "must be a probability above 0 and below 1");
                else if (value < below)
                    at.Add(key, $"may not be below \"{belowKey}\"");
                else
                    (below, belowKey) = (value, key);
            }
        }
    }

    private static void CheckWeights(Weights weights, Problems problems)
    {
        if (!(weights.Keywords is >= 0 and <= 4))
            problems.Add("keywords", "must be 0 to 4");
        if (!(weights.Specific is >= 0 and <= 8))
            problems.Add("specific", "must be 0 to 8 (log-odds)");
        if (!(weights.Vague is >= 0 and <= 8))
            problems.Add("vague", "must be 0 to 8 (log-odds)");
    }
}

/// <summary>What a shadow has of its own. "classifier.shadow" of the configuration.</summary>
public sealed record ShadowOptions
{
    public string? Model { get; init; }

    public string? Keywords { get; init; }

    public Thresholds? Thresholds { get; init; }

    public Weights? Weights { get; init; }
}
