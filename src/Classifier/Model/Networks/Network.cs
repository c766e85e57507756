using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using static ThreatWatch.Classifier.Model.Networks.NetworkShape;

namespace ThreatWatch.Classifier.Model.Networks;

/// <summary>
/// A small network over words, their elements and their order: patterns of three and five tokens, the strongest match of each in the
/// window, one hidden layer. It sees what sums of features cannot: which act with which agent, and not with a report around it.
/// </summary>
internal sealed class Network(NetworkParameters parameters)
{
    private readonly float[] _tokens = new float[(Window + (2 * Margin)) * Width];

    public NetworkParameters Parameters { get; } = parameters;

    /// <summary>Of the last window: pattern strengths and kinds, where each pattern matched best (-1: nowhere), hidden activations.</summary>
    public float[] PooledValues { get; } = new float[Pooled];

    public int[] Best { get; } = new int[Patterns];

    public float[] HiddenValues { get; } = new float[Hidden];

    public Span<float> TokenRows => _tokens;

    /// <summary>The logits of the window of a post that speaks most for each category.</summary>
    public (float Threat, float SelfHarm) Score(NetworkInput input)
    {
        float threat = float.MinValue, selfHarm = float.MinValue;
        var from = 0;
        do
        {
            var count = Math.Min(Window, input.Count - from);
            ReadTokens(input, from, count, static (input, token) => input.Words[token] < 0);
            var (t, s) = Forward(input, from, count, default);
            (threat, selfHarm) = (Math.Max(threat, t), Math.Max(selfHarm, s));
            from += Window / 2;
        }
        while (from + (Window / 2) < input.Count);
        return (threat, selfHarm);
    }

    /// <summary>Lays out the window's tokens; <paramref name="byLetters"/> says which are described by their letters instead of their word.</summary>
    public void ReadTokens(NetworkInput input, int from, int count, Func<NetworkInput, int, bool> byLetters)
    {
        var p = Parameters;
        var rows = _tokens.AsSpan(0, (count + (2 * Margin)) * Width);
        rows.Clear();
        for (var i = 0; i < count; i++)
        {
            var row = rows.Slice((i + Margin) * Width, Width);
            var token = from + i;
            if (!byLetters(input, token))
            {
                p.Words.AsSpan(input.Words[token] * Width, Width).CopyTo(row);
            }
            else if (input.LetterCounts[token] > 0)
            {
                foreach (var letters in input.LettersOf(token))
                    TensorPrimitives.Add(row, p.Letters.AsSpan(letters * Width, Width), row);
                TensorPrimitives.Multiply(row, 1f / input.LetterCounts[token], row);
            }

            for (var left = input.Kinds[token]; left != 0; left &= left - 1)
                TensorPrimitives.Add(row, p.KindRows.AsSpan(BitOperations.TrailingZeroCount(left) * Width, Width), row);
        }
    }

    /// <summary>The logits of the window that was laid out; a <paramref name="keep"/> of zeros and scales drops pooled values in training.</summary>
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

    /// <summary>Slides patterns over the window and keeps the strongest match of each, 32 patterns at a time in registers.</summary>
    private void Match(float[] weights, int reach, int patterns, int offset, int count)
    {
        var inputs = reach * Width;
        var lead = Margin - (reach / 2);
        var bias = MemoryMarshal.Cast<float, Vector256<float>>(Parameters.PatternBias.AsSpan(offset, patterns));
        var matrix = MemoryMarshal.Cast<float, Vector256<float>>(weights.AsSpan());
        var stride = patterns / 8;
        Span<float> strength = stackalloc float[32];
        for (var block = 0; block < stride; block += 4)
        {
            for (var t = 0; t < count; t++)
            {
                var x = _tokens.AsSpan((t + lead) * Width, inputs);
                var (a, b, c, d) = (bias[block], bias[block + 1], bias[block + 2], bias[block + 3]);
                var at = block;
                for (var i = 0; i < x.Length; i++, at += stride)
                {
                    var value = Vector256.Create(x[i]);
                    a = Vector256.FusedMultiplyAdd(value, matrix[at], a);
                    b = Vector256.FusedMultiplyAdd(value, matrix[at + 1], b);
                    c = Vector256.FusedMultiplyAdd(value, matrix[at + 2], c);
                    d = Vector256.FusedMultiplyAdd(value, matrix[at + 3], d);
                }

                a.CopyTo(strength);
                b.CopyTo(strength[8..]);
                c.CopyTo(strength[16..]);
                d.CopyTo(strength[24..]);
                for (var k = 0; k < 32; k++)
                {
                    var pattern = offset + (block * 8) + k;
                    if (strength[k] > PooledValues[pattern])
                        (PooledValues[pattern], Best[pattern]) = (strength[k], t);
                }
            }
        }
    }
}
