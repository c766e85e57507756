using static ThreatWatch.Classifier.Model.Encoders.EncoderShape;

namespace ThreatWatch.Classifier.Model.Encoders;

/// <summary>One layer's numbers: attention, then two products with a bend between them; matrices are stored by input, then output.</summary>
internal sealed class LayerParameters
{
    /// <summary>Query, key and value beside each other.</summary>
    public float[] Attention { get; } = new float[Width * 3 * Width];

    public float[] AttentionBias { get; } = new float[3 * Width];

    public float[] Output { get; } = new float[Width * Width];

    public float[] OutputBias { get; } = new float[Width];

    public float[] OutputScale { get; } = new float[Width];

    public float[] OutputShift { get; } = new float[Width];

    public float[] Up { get; } = new float[Width * Inner];

    public float[] UpBias { get; } = new float[Inner];

    public float[] Down { get; } = new float[Inner * Width];

    public float[] DownBias { get; } = new float[Width];

    public float[] DownScale { get; } = new float[Width];

    public float[] DownShift { get; } = new float[Width];

    /// <summary>Each with the number of its columns.</summary>
    public (float[] Values, int Columns)[] Matrices => [(Attention, 3 * Width), (Output, Width), (Up, Inner), (Down, Width)];

    public float[][] Vectors => [AttentionBias, OutputBias, OutputScale, OutputShift, UpBias, DownBias, DownScale, DownShift];
}

/// <summary>The numbers that an encoder has learnt, or (in training) their gradients or moments.</summary>
internal sealed class EncoderParameters(int pieces)
{
    public int PieceCount { get; } = pieces;

    public float[] Pieces { get; } = new float[pieces * Width];

    public float[] Positions { get; } = new float[Longest * Width];

    public float[] KindRows { get; } = new float[Kinds * Width];

    public float[] Scale { get; } = new float[Width];

    public float[] Shift { get; } = new float[Width];

    public LayerParameters[] Layers { get; } = [.. Enumerable.Range(0, EncoderShape.Layers).Select(_ => new LayerParameters())];

    /// <summary>A row of weights for each output, and a bias: those of each exit, then those of the end.</summary>
    public float[][] Head { get; } = [.. Enumerable.Range(0, Exits + 1).Select(_ => new float[Outputs * Pooled])];

    public float[][] HeadBias { get; } = [.. Enumerable.Range(0, Exits + 1).Select(_ => new float[Outputs])];

    /// <summary>Tables of rows, one for each piece, place or kind.</summary>
    public float[][] Tables => [Pieces, Positions, KindRows];

    public IEnumerable<(float[] Values, int Columns)> Matrices => Layers.SelectMany(layer => layer.Matrices);

    public IEnumerable<float[]> Vectors => [Scale, Shift, .. Layers.SelectMany(layer => layer.Vectors), .. Head, .. HeadBias];

    /// <summary>Everything but the rows of pieces, of which a step of training touches few.</summary>
    public IEnumerable<float[]> Dense => [Positions, KindRows, .. Matrices.Select(matrix => matrix.Values), .. Vectors];
}
