using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using static ThreatWatch.Classifier.Model.Networks.NetworkShape;

namespace ThreatWatch.Classifier.Model.Networks;

/// <summary>
/// A small network over words, their elements and their order: patterns of three and five tokens, the strongest match of each in the
/// window, one hidden layer. It sees what sums of features cannot: which act with which agent, and not with a report around it. This one
/// is exact and keeps what training needs; <see cref="SteppedNetwork"/> scores.
/// </summary>
internal sealed class Network(NetworkParameters parameters)
{
    public NetworkTokens Tokens { get; } = new(parameters);

    public NetworkParameters Parameters { get; } = parameters;

    /// <summary>Of the last window: pattern strengths and kinds, where each pattern matched best (-1: nowhere), hidden activations.</summary>
    public float[] PooledValues { get; } = new float[Pooled];

    public int[] Best { get; } = new int[Patterns];

    public float[] HiddenValues { get; } = new float[Hidden];

    /// <summary>The logits of the window that was laid out in <see cref="Tokens"/>; a <paramref name="keep"/> of zeros and scales drops pooled values in training.</summary>
    public (float Threat, float SelfHarm) Forward(NetworkInput input, int from, int count, ReadOnlySpan<float> keep)
    {
        var p = Parameters;
        PooledValues.AsSpan().Clear();
        Best.AsSpan().Fill(-1);
        Match(p.NarrowWeights, 3, Narrow, 0, count);
        Match(p.WideWeights, 5, Wide, Narrow, count);
        ulong all = 0;
        for (var i = 0; i < count; i++)
            all |= input.Kinds[from + i];
        for (; all != 0; all &= all - 1)
            PooledValues[Patterns + BitOperations.TrailingZeroCount(all)] = 0.5f;
        if (!keep.IsEmpty)
            TensorPrimitives.Multiply(PooledValues, keep, PooledValues);
        for (var h = 0; h < Hidden; h++)
            HiddenValues[h] = MathF.Max(0, p.HiddenBias[h] + TensorPrimitives.Dot(p.HiddenWeights.AsSpan(h * Pooled, Pooled), PooledValues));
        return (p.OutputBias[0] + TensorPrimitives.Dot(p.OutputWeights.AsSpan(0, Hidden), HiddenValues),
            p.OutputBias[1] + TensorPrimitives.Dot(p.OutputWeights.AsSpan(Hidden, Hidden), HiddenValues));
    }

    /// <summary>Slides patterns over the window and keeps the strongest match of each: 32 patterns at four tokens at a time, in registers.</summary>
    private void Match(float[] weights, int reach, int patterns, int offset, int count)
    {
        var inputs = reach * Width;
        var rows = Tokens.Rows;
        var lead = Margin - (reach / 2);
        var bias = MemoryMarshal.Cast<float, Vector512<float>>(Parameters.PatternBias.AsSpan(offset, patterns));
        var matrix = MemoryMarshal.Cast<float, Vector512<float>>(weights.AsSpan());
        var stride = patterns / Vector512<float>.Count;
        Span<int> at = stackalloc int[4];
        for (var block = 0; block < stride; block += 2)
        {
            var pattern = offset + (block * Vector512<float>.Count);
            for (var t = 0; t < count; t += 4)
            {
                // Past the end the last token is matched again at the same place, which changes nothing.
                for (var k = 0; k < 4; k++)
                    at[k] = Math.Min(t + k, count - 1);
                var x0 = rows.Slice((at[0] + lead) * Width, inputs);
                var x1 = rows.Slice((at[1] + lead) * Width, x0.Length);
                var x2 = rows.Slice((at[2] + lead) * Width, x0.Length);
                var x3 = rows.Slice((at[3] + lead) * Width, x0.Length);
                var (a0, b0) = (bias[block], bias[block + 1]);
                var (a1, b1, a2, b2, a3, b3) = (a0, b0, a0, b0, a0, b0);
                var cell = block;
                for (var i = 0; i < x0.Length; i++, cell += stride)
                {
                    var (low, high) = (matrix[cell], matrix[cell + 1]);
                    (a0, b0) = Multiply(x0[i], low, high, a0, b0);
                    (a1, b1) = Multiply(x1[i], low, high, a1, b1);
                    (a2, b2) = Multiply(x2[i], low, high, a2, b2);
                    (a3, b3) = Multiply(x3[i], low, high, a3, b3);
                }

                Keep(a0, b0, pattern, at[0]);
                Keep(a1, b1, pattern, at[1]);
                Keep(a2, b2, pattern, at[2]);
                Keep(a3, b3, pattern, at[3]);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector512<float> A, Vector512<float> B) Multiply(float input, Vector512<float> low, Vector512<float> high, Vector512<float> a, Vector512<float> b)
    {
        var value = Vector512.Create(input);
        return (Vector512.FusedMultiplyAdd(value, low, a), Vector512.FusedMultiplyAdd(value, high, b));
    }

    private void Keep(Vector512<float> low, Vector512<float> high, int pattern, int token)
    {
        Keep(low, pattern, token);
        Keep(high, pattern + Vector512<float>.Count, token);
    }

    private void Keep(Vector512<float> strength, int pattern, int token)
    {
        var best = Vector512.LoadUnsafe(ref PooledValues[pattern]);
        if (!Vector512.GreaterThanAny(strength, best))
            return;
        for (var k = 0; k < Vector512<float>.Count; k++)
        {
            if (strength[k] > PooledValues[pattern + k])
                (PooledValues[pattern + k], Best[pattern + k]) = (strength[k], token);
        }
    }
}
