using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace ThreatWatch.Classifier.Model;

/// <summary>
/// The linear models of both categories, as ML.NET learnt them, in 16-bit steps and side by side, so that one visit to memory serves
/// both. Scoring is a plain sum; it is exact, so the same sum split by token is the explanation.
/// </summary>
internal sealed class LinearWeights
{
    public const int Categories = 2;
    private const float Steps = 32000f;

    private readonly short[] _weights;
    private readonly float[] _scale;
    private readonly float[] _bias;

    private LinearWeights(short[] weights, float[] scale, float[] bias) => (_weights, _scale, _bias) = (weights, scale, bias);

    public static LinearWeights From(IReadOnlyList<(float[] Weights, float Bias)> learnt)
    {
        var weights = new short[FeatureReader.Buckets * Categories];
        var scale = new float[Categories];
        for (var c = 0; c < Categories; c++)
        {
            var most = learnt[c].Weights.Max(Math.Abs);
            scale[c] = most == 0 ? 1 : most / Steps;
            for (var i = 0; i < FeatureReader.Buckets; i++)
                weights[(i * Categories) + c] = (short)MathF.Round(learnt[c].Weights[i] / scale[c]);
        }

        return new LinearWeights(weights, scale, [.. learnt.Select(l => l.Bias)]);
    }

    public float Bias(Category category) => _bias[(int)category];

    public float Weight(int bucket, Category category) => _weights[(bucket * Categories) + (int)category] * _scale[(int)category];

    /// <summary>The raw sums for both categories of one bucket; multiply by <see cref="Scale"/>.</summary>
    public (int Threat, int SelfHarm) Raw(int bucket)
    {
        var at = bucket * Categories;
        return (_weights[at], _weights[at + 1]);
    }

    /// <summary>Says that a bucket will be asked for soon: the table is larger than the nearer caches, and its visits are scattered.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public unsafe void Announce(int bucket)
    {
        if (Sse.IsSupported)
            Sse.Prefetch0(Unsafe.AsPointer(ref _weights[bucket * Categories]));
    }

    public float Scale(Category category) => _scale[(int)category];

    public void Write(BinaryWriter writer)
    {
        foreach (var (scale, bias) in _scale.Zip(_bias))
        {
            writer.Write(scale);
            writer.Write(bias);
        }

        // Most buckets are zero: runs of them cost two bytes.
        for (var i = 0; i < _weights.Length; i++)
        {
            writer.Write(_weights[i]);
            if (_weights[i] != 0)
                continue;
            var run = 1;
            while (run < ushort.MaxValue && i + run < _weights.Length && _weights[i + run] == 0)
                run++;
            writer.Write((ushort)run);
            i += run - 1;
        }
    }

    public static LinearWeights Read(BinaryReader reader)
    {
        var scale = new float[Categories];
        var bias = new float[Categories];
        for (var c = 0; c < Categories; c++)
            (scale[c], bias[c]) = (reader.ReadSingle(), reader.ReadSingle());
        var weights = new short[FeatureReader.Buckets * Categories];
        for (var i = 0; i < weights.Length; i++)
        {
            weights[i] = reader.ReadInt16();
            if (weights[i] == 0)
                i += reader.ReadUInt16() - 1;
        }

        return new LinearWeights(weights, scale, bias);
    }
}
