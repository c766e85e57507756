using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using ThreatWatch.Classifier.Model.Algebra;
using static ThreatWatch.Classifier.Model.Encoders.EncoderShape;

namespace ThreatWatch.Classifier.Model.Encoders;

/// <summary>
/// Reads posts with an encoder: pieces look at each other layer by layer (Vaswani et al. 2017, arXiv:1706.03762), so that who does what to
/// whom is seen however it is worded. Several posts are read side by side, without padding. One object is reused; not thread-safe.
/// </summary>
internal sealed class EncoderPass(EncoderWeights weights, int capacity)
{
    private const float Epsilon = 1e-12f;

    /// <summary>x times the logistic function of 1.702 x: nearly the bend that MiniLM was made with, at a tenth of its cost (Hendrycks and Gimpel 2016).</summary>
    public const float Bend = 1.702f;

    private readonly float[] _scores = new float[Longest * Across];
    private readonly Panels _panels = new(Across * Across);
    private readonly List<float[]>[] _pools = [.. Enumerable.Range(0, Exits + 1).Select(_ => new List<float[]>())];
    private bool _dropped;

    public EncoderParameters Parameters => weights.Parameters;

    public LayerTrace[] Traces { get; } = [.. Enumerable.Range(0, EncoderShape.Layers).Select(_ => new LayerTrace(capacity))];

    public NormTrace First { get; } = new(capacity);

    public float[] Last { get; } = new float[capacity * Width];

    public List<(int From, int Count)> Posts { get; } = [];

    public int Rows { get; private set; }

    /// <summary>
    /// The logits of each post at each exit and at the end (<see cref="AllOutputs"/>), threat and self-harm; together the posts must not
    /// have more pieces than the capacity.
    /// </summary>
    public void Read(IReadOnlyList<PieceRow> posts, Span<float> logits, Dropping? dropping = null)
    {
        _dropped = dropping is not null;
        Embed(posts, dropping);
        for (var layer = 0; layer < EncoderShape.Layers; layer++)
        {
            Pass(layer, dropping);
            if (OutputsAfter(layer) is { } exit)
            {
                for (var post = 0; post < posts.Count; post++)
                    Pool(exit, post, logits.Slice((post * AllOutputs) + (exit * Outputs), Outputs));
            }
        }
    }

    /// <summary>
    /// Begins to read one post: layer by layer by <see cref="Pass"/> and <see cref="Pool"/>, so that the reading can end early.
    /// </summary>
    public void Begin(IReadOnlyList<PieceRow> post)
    {
        _dropped = false;
        Embed(post, null);
    }

    /// <summary>Which outputs stand after a layer, if any.</summary>
    public static int? OutputsAfter(int layer) => layer < Exits ? layer : layer == EncoderShape.Layers - 1 ? Exits : null;

    public void Pass(int layer, Dropping? dropping = null)
    {
        var trace = Traces[layer];
        var (parameters, products) = (Parameters.Layers[layer], weights.Layers[layer]);
        var next = layer + 1 < EncoderShape.Layers ? Traces[layer + 1].Input : Last;
        Look(products, trace, parameters);
        var middle = trace.Middle.AsSpan(0, Rows * Width);
        products.Output.Multiply(trace.Seen, Rows, parameters.OutputBias, middle);
        AddAndNormalise(trace.Input, middle, trace.Norm, parameters.OutputScale, parameters.OutputShift, dropping);
        products.Up.Multiply(trace.Middle, Rows, parameters.UpBias, trace.Up);
        BendAll(trace);
        products.Down.Multiply(trace.Bent, Rows, parameters.DownBias, next);
        AddAndNormalise(trace.Middle, next.AsSpan(0, Rows * Width), trace.LastNorm, parameters.DownScale, parameters.DownShift, dropping);
    }

    private void Embed(IReadOnlyList<PieceRow> posts, Dropping? dropping)
    {
        Posts.Clear();
        Rows = 0;
        var input = Traces[0].Input;
        foreach (var post in posts)
        {
            Posts.Add((Rows, post.Count));
            var pieces = post.Pieces.Span;
            var kinds = post.Kinds.Span;
            for (var i = 0; i < pieces.Length; i++, Rows++)
            {
                var row = input.AsSpan(Rows * Width, Width);
                TensorPrimitives.Add(Parameters.Pieces.AsSpan(pieces[i] * Width, Width), Parameters.Positions.AsSpan(i * Width, Width), row);
                for (var left = kinds[i]; left != 0; left &= left - 1)
                    TensorPrimitives.Add(row, Parameters.KindRows.AsSpan(BitOperations.TrailingZeroCount(left) * Width, Width), row);
            }
        }

        Normalise(input.AsSpan(0, Rows * Width), First, Parameters.Scale, Parameters.Shift);
        dropping?.Drop(input.AsSpan(0, Rows * Width), First.Keep);
    }

    private void Look(LayerProducts products, LayerTrace trace, LayerParameters parameters)
    {
        products.Attention.Multiply(trace.Input, Rows, parameters.AttentionBias, trace.Attention);
        var scale = 1 / MathF.Sqrt(HeadWidth);
        foreach (var (from, count) in Posts)
        {
            var rows = trace.Attention.AsSpan(from * 3 * Width, count * 3 * Width);
            for (var head = 0; head < Heads; head++)
            {
                var own = rows[(head * HeadWidth)..];
                _panels.PackTransposed(own[Width..], count, HeadWidth, 3 * Width);
                Products.Multiply(own, 3 * Width, 1, count, _panels, [], _scores, Across);
                for (var i = 0; i < count; i++)
                {
                    var looks = Looks(trace, from, count, head, i);
                    TensorPrimitives.Multiply(_scores.AsSpan(i * Across, count), scale, looks);
                    TensorPrimitives.SoftMax(looks, looks);
                }

                _panels.Pack(own[(2 * Width)..], count, HeadWidth, 3 * Width);
                Products.Multiply(trace.Looks.AsSpan(((from * Heads) + (head * count)) * Longest), Longest, 1, count, _panels, [], trace.Seen.AsSpan((from * Width) + (head * HeadWidth)), Width);
            }
        }
    }

    /// <summary>Through what was dropped, on the way back.</summary>
    public void Undrop(Span<float> gradients, NormTrace trace)
    {
        if (_dropped)
            TensorPrimitives.Multiply(gradients, trace.Keep.AsSpan(0, gradients.Length), gradients);
    }

    /// <summary>How piece i of a post looks at the others with one head.</summary>
    public static Span<float> Looks(LayerTrace trace, int from, int count, int head, int i) =>
        trace.Looks.AsSpan((((from * Heads) + (head * count) + i) * Longest), count);

    private void BendAll(LayerTrace trace)
    {
        var count = Rows * Inner;
        ref var up = ref MemoryMarshal.GetReference(trace.Up.AsSpan(0, count));
        ref var gate = ref MemoryMarshal.GetReference(trace.Gate.AsSpan(0, count));
        ref var bent = ref MemoryMarshal.GetReference(trace.Bent.AsSpan(0, count));
        for (nuint at = 0; at < (nuint)count; at += (nuint)Vector512<float>.Count)
        {
            var value = Vector512.LoadUnsafe(ref up, at);
            var share = Vector512<float>.One / (Vector512<float>.One + Vector512.Exp(value * -Bend));
            share.StoreUnsafe(ref gate, at);
            (value * share).StoreUnsafe(ref bent, at);
        }
    }

    private static void AddAndNormalise(ReadOnlySpan<float> before, Span<float> added, NormTrace trace, float[] scale, float[] shift, Dropping? dropping)
    {
        dropping?.Drop(added, trace.Keep);
        TensorPrimitives.Add(before[..added.Length], added, added);
        Normalise(added, trace, scale, shift);
    }

    private static void Normalise(Span<float> rows, NormTrace trace, float[] scale, float[] shift)
    {
        for (var at = 0; at < rows.Length; at += Width)
        {
            var row = rows.Slice(at, Width);
            var plain = trace.Rows.AsSpan(at, Width);
            TensorPrimitives.Subtract(row, TensorPrimitives.Sum(row) / Width, plain);
            var stretch = 1 / MathF.Sqrt((TensorPrimitives.SumOfSquares(plain) / Width) + Epsilon);
            trace.Stretch[at / Width] = stretch;
            TensorPrimitives.Multiply(plain, stretch, plain);
            TensorPrimitives.MultiplyAdd(plain, scale, shift, row);
        }
    }

    /// <summary>The logits of a post from what came out of the layer before the outputs.</summary>
    public void Pool(int exit, int post, Span<float> logits)
    {
        var (from, count) = Posts[post];
        var pooled = Pooled(exit, post).AsSpan();
        var mean = pooled[..Width];
        var largest = pooled[Width..];
        mean.Clear();
        largest.Fill(float.MinValue);
        for (var row = from; row < from + count; row++)
        {
            var values = Before(exit, row);
            TensorPrimitives.Add(mean, values, mean);
            TensorPrimitives.Max(largest, values, largest);
        }

        TensorPrimitives.Multiply(mean, 1f / count, mean);
        for (var output = 0; output < Outputs; output++)
            logits[output] = Parameters.HeadBias[exit][output] + TensorPrimitives.Dot(pooled, Parameters.Head[exit].AsSpan(output * EncoderShape.Pooled, EncoderShape.Pooled));
    }

    /// <summary>What came out of the layer before the outputs, for one piece.</summary>
    public ReadOnlySpan<float> Before(int exit, int row) => (exit < Exits ? Traces[exit + 1].Input : Last).AsSpan(row * Width, Width);

    /// <summary>What the outputs at a place saw of a post: the mean of its pieces, then the largest of each number.</summary>
    public float[] Pooled(int exit, int post)
    {
        var pools = _pools[exit];
        while (pools.Count <= post)
            pools.Add(new float[EncoderShape.Pooled]);
        return pools[post];
    }
}
