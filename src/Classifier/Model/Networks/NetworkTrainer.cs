using System.Numerics;
using System.Numerics.Tensors;
using ThreatWatch.Classifier.Text;
using static ThreatWatch.Classifier.Model.Networks.NetworkShape;

namespace ThreatWatch.Classifier.Model.Networks;

/// <summary>One post to learn from; labels are 0 or 1.</summary>
internal sealed record NetworkRow(NetworkInput Input, float Threat, float SelfHarm, float Weight)
{
    /// <summary>A post that says the same.</summary>
    public NetworkInput? Twin { get; init; }
}

/// <summary>Fits a network by gradient descent (Adagrad, one thread, fixed seed). Whole words are now and then replaced by their letters, so that unknown words mean something.</summary>
internal sealed class NetworkTrainer
{
    private const float Rate = 0.03f;
    private const float KeepPooled = 0.5f;
    private const float ByLetters = 0.15f;

    /// <summary>What a difference between the logits of twins costs, by its square, and from where on it grows no faster.</summary>
    private const float Apart = 0.4f;
    private const float FarApart = 2;

    private const int Batch = 12;

    private readonly Random _random;
    private readonly NetworkParameters _parameters;
    private readonly NetworkParameters _gradients;
    private readonly NetworkParameters _squares;
    private readonly Network _network;
    private readonly HashSet<int> _words = [];
    private readonly HashSet<int> _letters = [];
    private readonly bool[] _byLetters = new bool[PlainText.TokenLimit];
    private readonly float[] _keep = new float[Pooled];

    public NetworkTrainer(int words, int seed)
    {
        _random = new Random(seed);
        (_parameters, _gradients, _squares) = (new NetworkParameters(words), new NetworkParameters(words), new NetworkParameters(words));
        _network = new Network(_parameters);
        Fill(_parameters.Words, 0.1f);
        Fill(_parameters.Letters, 0.1f);
        Fill(_parameters.KindRows, 0.1f);
        Fill(_parameters.NarrowWeights, 0.12f);
        Fill(_parameters.WideWeights, 0.09f);
        Fill(_parameters.HiddenWeights, 0.1f);
        Fill(_parameters.OutputWeights, 0.2f);
        _parameters.OutputBias.AsSpan().Fill(-1);
    }

    public Network Network => _network;

    /// <summary>One pass in random order. Returns the mean loss.</summary>
    public double Pass(IReadOnlyList<NetworkRow> rows, float rate)
    {
        var order = Enumerable.Range(0, rows.Count).ToArray();
        _random.Shuffle(order);
        double loss = 0;
        for (var i = 0; i < order.Length; i++)
        {
            var row = rows[order[i]];
            loss += row.Twin is { } twin ? LearnTwins(row, twin) : Learn(row, row.Input);
            if ((i + 1) % Batch == 0 || i + 1 == order.Length)
                Step(rate * Rate);
        }

        return loss / rows.Count;
    }

    private double Learn(NetworkRow row, NetworkInput input, (float Threat, float SelfHarm)? beside = null)
    {
        var (_, threat, selfHarm, weight) = row;
        if (Read(input) is not { } read)
            return 0;
        float pt = 1 / (1 + MathF.Exp(-read.Threat)), ps = 1 / (1 + MathF.Exp(-read.SelfHarm));
        var (towardThreat, towardSelfHarm) = (pt - threat, ps - selfHarm);
        if (beside is { } other)
        {
            towardThreat = (towardThreat / 2) + (2 * Apart * Math.Clamp(read.Threat - other.Threat, -FarApart, FarApart));
            towardSelfHarm = (towardSelfHarm / 2) + (2 * Apart * Math.Clamp(read.SelfHarm - other.SelfHarm, -FarApart, FarApart));
        }

        Backward(input, read.From, read.Count, weight * towardThreat, weight * towardSelfHarm);
        return -weight * (Math.Log(Math.Max(1e-7, threat > 0.5f ? pt : 1 - pt)) + Math.Log(Math.Max(1e-7, selfHarm > 0.5f ? ps : 1 - ps)));
    }

    /// <summary>Both count half, and each is drawn to what is said of the other (counterfactual logit pairing, Garg 2019).</summary>
    private double LearnTwins(NetworkRow row, NetworkInput twin)
    {
        if (Read(row.Input) is not { } of || Read(twin) is not { } ofTwin)
            return Learn(row, row.Input);
        var loss = Learn(row, row.Input, (ofTwin.Threat, ofTwin.SelfHarm)) + Learn(row, twin, (of.Threat, of.SelfHarm));
        return loss / 2;
    }

    private (int From, int Count, float Threat, float SelfHarm)? Read(NetworkInput input)
    {
        var count = Math.Min(Window, input.Count);
        if (count == 0)
            return null;
        var from = input.Count > Window ? _random.Next(2) * (input.Count - Window) : 0;
        for (var i = 0; i < count; i++)
            _byLetters[from + i] = input.Words[from + i] < 0 || _random.NextSingle() < ByLetters;
        for (var i = 0; i < Pooled; i++)
            _keep[i] = _random.NextSingle() < KeepPooled ? 1 / KeepPooled : 0;
        _network.Tokens.Read(input, from, count, (_, token) => _byLetters[token]);
        var (threat, selfHarm) = _network.Forward(input, from, count, _keep);
        return (from, count, threat, selfHarm);
    }

    private void Backward(NetworkInput input, int from, int count, float threat, float selfHarm)
    {
        var (p, g) = (_parameters, _gradients);
        Span<float> hidden = stackalloc float[Hidden];
        Span<float> pooled = stackalloc float[Pooled];
        pooled.Clear();
        for (var h = 0; h < Hidden; h++)
        {
            var value = _network.HiddenValues[h];
            g.OutputWeights[h] += threat * value;
            g.OutputWeights[Hidden + h] += selfHarm * value;
            hidden[h] = value > 0 ? (threat * p.OutputWeights[h]) + (selfHarm * p.OutputWeights[Hidden + h]) : 0;
            if (hidden[h] == 0)
                continue;
            g.HiddenBias[h] += hidden[h];
            var row = g.HiddenWeights.AsSpan(h * Pooled, Pooled);
            TensorPrimitives.MultiplyAdd(_network.PooledValues, hidden[h], row, row);
            TensorPrimitives.MultiplyAdd(p.HiddenWeights.AsSpan(h * Pooled, Pooled), hidden[h], pooled, pooled);
        }

        g.OutputBias[0] += threat;
        g.OutputBias[1] += selfHarm;
        Span<float> tokens = stackalloc float[(Window + (2 * Margin)) * Width];
        tokens = tokens[..((count + (2 * Margin)) * Width)];
        tokens.Clear();
        PatternGradients(pooled, tokens, p.NarrowWeights, g.NarrowWeights, 3, Narrow, 0);
        PatternGradients(pooled, tokens, p.WideWeights, g.WideWeights, 5, Wide, Narrow);
        for (var i = 0; i < count; i++)
            Token(input, from + i, tokens.Slice((i + Margin) * Width, Width));
    }

    private void PatternGradients(ReadOnlySpan<float> pooled, Span<float> tokens, float[] weights, float[] gradients, int reach, int patterns, int offset)
    {
        for (var k = 0; k < patterns; k++)
        {
            var best = _network.Best[offset + k];
            var gradient = pooled[offset + k] * _keep[offset + k];
            if (best < 0 || gradient == 0)
                continue;
            _gradients.PatternBias[offset + k] += gradient;
            var at = (best + Margin - (reach / 2)) * Width;
            var x = _network.Tokens.Rows.Slice(at, reach * Width);
            var d = tokens.Slice(at, reach * Width);
            for (int i = 0, w = k; i < x.Length; i++, w += patterns)
            {
                gradients[w] += gradient * x[i];
                d[i] += gradient * weights[w];
            }
        }
    }

    private void Token(NetworkInput input, int token, ReadOnlySpan<float> gradient)
    {
        if (!_byLetters[token])
        {
            _words.Add(input.Words[token]);
            Accumulate(_gradients.Words, input.Words[token], gradient, 1);
        }
        else
        {
            foreach (var letters in input.LettersOf(token))
            {
                _letters.Add(letters);
                Accumulate(_gradients.Letters, letters, gradient, 1f / input.LetterCounts[token]);
            }
        }

        for (var left = input.Kinds[token]; left != 0; left &= left - 1)
            Accumulate(_gradients.KindRows, BitOperations.TrailingZeroCount(left), gradient, 1);
    }

    private static void Accumulate(float[] rows, int row, ReadOnlySpan<float> gradient, float factor)
    {
        var into = rows.AsSpan(row * Width, Width);
        TensorPrimitives.MultiplyAdd(gradient, factor, into, into);
    }

    private void Step(float rate)
    {
        foreach (var ((values, gradients), squares) in _parameters.Dense.Zip(_gradients.Dense).Zip(_squares.Dense))
            Step(values, gradients, squares, rate);
        foreach (var word in _words)
            Step(Row(_parameters.Words, word), Row(_gradients.Words, word), Row(_squares.Words, word), rate);
        foreach (var letters in _letters)
            Step(Row(_parameters.Letters, letters), Row(_gradients.Letters, letters), Row(_squares.Letters, letters), rate);
        _words.Clear();
        _letters.Clear();
    }

    private static Span<float> Row(float[] rows, int row) => rows.AsSpan(row * Width, Width);

    private static void Step(Span<float> values, Span<float> gradients, Span<float> squares, float rate)
    {
        var size = Vector<float>.Count;
        var epsilon = new Vector<float>(1e-4f);
        var i = 0;
        for (; i + size <= values.Length; i += size)
        {
            var g = new Vector<float>(gradients[i..]);
            var s = new Vector<float>(squares[i..]) + (g * g);
            s.CopyTo(squares[i..]);
            (new Vector<float>(values[i..]) - (g * rate / (Vector.SquareRoot(s) + epsilon))).CopyTo(values[i..]);
        }

        for (; i < values.Length; i++)
        {
            squares[i] += gradients[i] * gradients[i];
            values[i] -= rate * gradients[i] / (MathF.Sqrt(squares[i]) + 1e-4f);
        }

        gradients.Clear();
    }

    private void Fill(float[] values, float range)
    {
        for (var i = 0; i < values.Length; i++)
            values[i] = ((_random.NextSingle() * 2) - 1) * range;
    }
}
