using System.Numerics;
using System.Numerics.Tensors;
using ThreatWatch.Classifier.Model.Algebra;
using static ThreatWatch.Classifier.Model.Networks.NetworkShape;

namespace ThreatWatch.Classifier.Model.Networks;

/// <summary>The matrices of a network in 8-bit steps, a quarter of the memory to go through for each post; thread-safe.</summary>
internal sealed class NetworkMatrices
{
    /// <summary>What the hidden layer sees, filled up to what a stepped matrix takes.</summary>
    public const int Filled = (Pooled + 31) / 32 * 32;

    public NetworkMatrices(NetworkParameters parameters)
    {
        Parameters = parameters;
        Narrow = SteppedMatrix.Of(parameters.NarrowWeights, 3 * Width, NetworkShape.Narrow);
        Wide = SteppedMatrix.Of(parameters.WideWeights, 5 * Width, NetworkShape.Wide);
        var turned = new float[Filled * NetworkShape.Hidden];
        for (var at = 0; at < parameters.HiddenWeights.Length; at++)
            turned[(at % Pooled * NetworkShape.Hidden) + (at / Pooled)] = parameters.HiddenWeights[at];
        Hidden = SteppedMatrix.Of(turned, Filled, NetworkShape.Hidden);
    }

    public NetworkParameters Parameters { get; }

    public SteppedMatrix Narrow { get; }

    public SteppedMatrix Wide { get; }

    public SteppedMatrix Hidden { get; }
}

/// <summary>Scores with a network (see <see cref="Network"/>) in 8-bit steps. One object is reused; not thread-safe.</summary>
internal sealed class SteppedNetwork(NetworkMatrices matrices)
{
    private readonly NetworkTokens _tokens = new(matrices.Parameters);
    private readonly float[] _seen = new float[Window * 5 * Width];
    private readonly float[] _strengths = new float[Window * NetworkShape.Narrow];
    private readonly float[] _pooled = new float[NetworkMatrices.Filled];
    private readonly float[] _hidden = new float[NetworkShape.Hidden];

    /// <summary>The logits of the window of a post that speaks most for each category.</summary>
    public (float Threat, float SelfHarm) Score(NetworkInput input)
    {
        float threat = float.MinValue, selfHarm = float.MinValue;
        var from = 0;
        do
        {
            var (t, s) = Score(input, from, Math.Min(Window, input.Count - from));
            (threat, selfHarm) = (Math.Max(threat, t), Math.Max(selfHarm, s));
            from += Window / 2;
        }
        while (from + (Window / 2) < input.Count);
        return (threat, selfHarm);
    }

    private (float Threat, float SelfHarm) Score(NetworkInput input, int from, int count)
    {
        var p = matrices.Parameters;
        _tokens.Read(input, from, count, static (input, token) => input.Words[token] < 0);
        _pooled.AsSpan().Clear();
        if (count > 0)
        {
            Match(matrices.Narrow, 3, p.PatternBias.AsSpan(0, Narrow), count, _pooled.AsSpan(0, Narrow));
            Match(matrices.Wide, 5, p.PatternBias.AsSpan(Narrow, Wide), count, _pooled.AsSpan(Narrow, Wide));
        }

        ulong all = 0;
        for (var i = 0; i < count; i++)
            all |= input.Kinds[from + i];
        for (; all != 0; all &= all - 1)
            _pooled[Patterns + BitOperations.TrailingZeroCount(all)] = 0.5f;
        matrices.Hidden.Multiply(_pooled, 1, p.HiddenBias, _hidden);
        TensorPrimitives.Max(_hidden, 0, _hidden);
        return (p.OutputBias[0] + TensorPrimitives.Dot(p.OutputWeights.AsSpan(0, Hidden), _hidden),
            p.OutputBias[1] + TensorPrimitives.Dot(p.OutputWeights.AsSpan(Hidden, Hidden), _hidden));
    }

    /// <summary>The strongest match of each pattern of <paramref name="reach"/> tokens anywhere in the window, at least 0.</summary>
    private void Match(SteppedMatrix patterns, int reach, ReadOnlySpan<float> bias, int count, Span<float> strongest)
    {
        var inputs = reach * Width;
        var first = (Margin - (reach / 2)) * Width;
        for (var t = 0; t < count; t++)
            _tokens.Rows.Slice(first + (t * Width), inputs).CopyTo(_seen.AsSpan(t * inputs));
        patterns.Multiply(_seen, count, bias, _strengths);
        for (var t = 0; t < count; t++)
            TensorPrimitives.Max(strongest, _strengths.AsSpan(t * strongest.Length, strongest.Length), strongest);
    }
}
