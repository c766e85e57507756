using static ThreatWatch.Classifier.Model.Encoders.EncoderShape;

namespace ThreatWatch.Classifier.Model.Encoders;

/// <summary>What a normalisation saw: rows before scale and shift, and by how much each was stretched.</summary>
internal sealed class NormTrace(int rows)
{
    public float[] Rows { get; } = new float[rows * Width];

    public float[] Stretch { get; } = new float[rows];

    /// <summary>Which numbers were dropped before it (0) and how the others were scaled; only in training.</summary>
    public float[] Keep { get; } = new float[rows * Width];
}

/// <summary>The values of one layer for the rows that are being read, kept for the way back.</summary>
internal sealed class LayerTrace(int rows)
{
    public float[] Input { get; } = new float[rows * Width];

    public float[] Attention { get; } = new float[rows * 3 * Width];

    /// <summary>How much each piece looks at each other one, by sequence and head.</summary>
    public float[] Looks { get; } = new float[Heads * rows * Longest];

    public float[] Seen { get; } = new float[rows * Width];

    public NormTrace Norm { get; } = new(rows);

    public float[] Middle { get; } = new float[rows * Width];

    public float[] Up { get; } = new float[rows * Inner];

    /// <summary>The gate of each number of <see cref="Up"/>, between 0 and 1.</summary>
    public float[] Gate { get; } = new float[rows * Inner];

    public float[] Bent { get; } = new float[rows * Inner];

    public NormTrace LastNorm { get; } = new(rows);
}
