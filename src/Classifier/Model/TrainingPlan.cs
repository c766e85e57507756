namespace ThreatWatch.Classifier.Model;

/// <summary>What a training learns from and where its model goes.</summary>
/// <param name="Data">Folders with the labelled posts.</param>
/// <param name="Out">The folder of the model.</param>
public sealed record TrainingPlan(IReadOnlyList<string> Data, string Out)
{
    /// <summary>The folder of the published encoder to tune anew; without it one that is there is kept.</summary>
    public string? Base { get; init; }

    /// <summary>The folder of a model whose encoder is kept; without it that of the model in place.</summary>
    public string? Encoder { get; init; }

    /// <summary>How often the tuning of an encoder goes through its posts.</summary>
    public int Passes { get; init; } = 3;

    /// <summary>
    /// Threats and cries of self-harm whose family has one of these in its name are left out and measured on; the model is put nowhere.
    /// </summary>
    public IReadOnlyList<string> Without { get; init; } = [];

    internal bool LeavesOut(TrainingRow row) =>
        Without.Any(family => IsOf(row, family));

    internal static bool IsOf(TrainingRow row, string family) =>
        row.Corpus && (row.Is(Category.Threat) || row.Is(Category.SelfHarm)) && row.Family.Contains(family, StringComparison.Ordinal);
}
