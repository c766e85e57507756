using static ThreatWatch.Classifier.Model.Networks.NetworkShape;

namespace ThreatWatch.Classifier.Model.Networks;

/// <summary>The numbers that a network has learnt, or (in training) their gradients or the sums of their squares.</summary>
internal sealed class NetworkParameters(int words)
{
    public int WordCount { get; } = words;

    public float[] Words { get; } = new float[words * Width];

    public float[] Letters { get; } = new float[LetterRows * Width];

    public float[] KindRows { get; } = new float[Kinds * Width];

    /// <summary>By input then pattern, so that one input is multiplied into all patterns at once.</summary>
    public float[] NarrowWeights { get; } = new float[3 * Width * Narrow];

    public float[] WideWeights { get; } = new float[5 * Width * Wide];

    public float[] PatternBias { get; } = new float[Patterns];

    public float[] HiddenWeights { get; } = new float[Hidden * Pooled];

    public float[] HiddenBias { get; } = new float[Hidden];

    public float[] OutputWeights { get; } = new float[Outputs * Hidden];

    public float[] OutputBias { get; } = new float[Outputs];

    public float[][] Dense => [KindRows, NarrowWeights, WideWeights, PatternBias, HiddenWeights, HiddenBias, OutputWeights, OutputBias];
}
