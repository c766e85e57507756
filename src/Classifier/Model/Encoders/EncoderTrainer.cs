using System.Numerics.Tensors;
using System.Runtime.Intrinsics;
using static ThreatWatch.Classifier.Model.Encoders.EncoderShape;

namespace ThreatWatch.Classifier.Model.Encoders;

/// <summary>One post to learn from; labels are 0 or 1.</summary>
internal sealed record EncoderRow(PieceRow Post, float Threat, float SelfHarm, float Weight)
{
    /// <summary>A post that says the same.</summary>
    public PieceRow? Twin { get; init; }
}

/// <summary>
/// Tunes an encoder to our labels by AdamW (Loshchilov and Hutter 2019, arXiv:1711.05101). Each batch is halved between two threads, whose
/// sums are added in the same order each time, so that the same rows give the same numbers.
/// </summary>
internal sealed class EncoderTrainer
{
    private const int Hands = 2;
    private const int Batch = 32;
    private const int WarmUp = 300;
    private const float Rate = 1e-4f;
    private const float HeadRate = 10;
    private const float Decay = 0.01f;
    private const float LargestNorm = 1;

    /// <summary>How much the loss at an exit counts beside that at the end.</summary>
    private const float ExitShare = 0.15f;

    /// <summary>What a difference between the logits of twins costs, by its square.</summary>
    private const float Apart = 0.4f;

    /// <summary>From this difference on its cost grows no faster: one odd pair must not outweigh the rest.</summary>
    private const float FarApart = 2;

    private readonly EncoderParameters _parameters;
    private readonly ExactWeights _weights;
    private readonly Hand[] _hands;
    private readonly EncoderParameters _means;
    private readonly EncoderParameters _squares;
    private readonly Random _random = new(11);
    private int _step;

    public EncoderTrainer(EncoderParameters parameters)
    {
        _parameters = parameters;
        _weights = new ExactWeights(parameters);
        _hands = [.. Enumerable.Range(0, Hands).Select(hand => new Hand(_weights, hand))];
        (_means, _squares) = (new EncoderParameters(parameters.PieceCount), new EncoderParameters(parameters.PieceCount));
    }

    /// <summary>Goes through the rows <paramref name="passes"/> times.</summary>
    public void Run(IReadOnlyList<EncoderRow> rows, int passes, Action<int, double> progress, CancellationToken ct)
    {
        var steps = passes * ((rows.Count + Batch - 1) / Batch);
        for (var pass = 0; pass < passes; pass++)
        {
            double loss = 0;
            var batches = Batches(rows);
            for (var at = 0; at < batches.Count; at++)
            {
                ct.ThrowIfCancellationRequested();
                loss += Learn(batches[at], steps);
                if ((at + 1) % 250 == 0 || at + 1 == batches.Count)
                    progress(_step * 100 / steps, loss / (at + 1));
            }
        }
    }

    /// <summary>Batches of posts of about the same length, so that both threads have the same to do, in random order.</summary>
    private List<EncoderRow[]> Batches(IReadOnlyList<EncoderRow> rows)
    {
        var order = rows.ToArray();
        _random.Shuffle(order);
        var batches = order.Chunk(Batch * 50).SelectMany(part => part.OrderBy(row => row.Post.Count).Chunk(Batch)).ToArray();
        _random.Shuffle(batches);
        return [.. batches];
    }

    private double Learn(EncoderRow[] batch, int steps)
    {
        var share = 1f / (batch.Length * Outputs);
        Parallel.For(0, Hands, hand => _hands[hand].Learn([.. batch.Where((_, i) => i % Hands == hand)], share, _step));
        var (gradient, other) = (_hands[0].Gradient, _hands[1].Gradient);
        foreach (var (sum, part) in gradient.Gradients.Dense.Zip(other.Gradients.Dense))
            TensorPrimitives.Add(sum, part, sum);
        foreach (var piece in other.Touched)
        {
            gradient.Touched.Add(piece);
            var row = gradient.Gradients.Pieces.AsSpan(piece * Width, Width);
            TensorPrimitives.Add(row, other.Gradients.Pieces.AsSpan(piece * Width, Width), row);
        }

        Step(gradient, steps);
        _weights.Pack();
        return _hands.Sum(hand => hand.Loss);
    }

    private void Step(EncoderGradient gradient, int steps)
    {
        var pieces = gradient.Touched.Order().ToArray();
        double norm = gradient.Gradients.Dense.Sum(values => (double)TensorPrimitives.SumOfSquares<float>(values));
        foreach (var piece in pieces)
            norm += TensorPrimitives.SumOfSquares<float>(gradient.Gradients.Pieces.AsSpan(piece * Width, Width));
        var clip = MathF.Min(1, LargestNorm / MathF.Sqrt((float)norm + 1e-12f));
        var rate = Rate * MathF.Min(1, (_step + 1f) / WarmUp) * MathF.Max(0.02f, 1 - ((float)_step / steps));
        _step++;
        var tasks = _parameters.Dense.Zip(gradient.Gradients.Dense).Zip(_means.Dense, _squares.Dense).ToArray();
        Parallel.For(0, tasks.Length, i =>
        {
            var ((values, gradients), means, squares) = tasks[i];
            var own = _parameters.Head.Contains(values) || _parameters.HeadBias.Contains(values) ? HeadRate : 1;
            Adjust(values, gradients, means, squares, clip, rate * own);
        });
        foreach (var piece in pieces)
        {
            var at = piece * Width;
            Adjust(_parameters.Pieces.AsSpan(at, Width), gradient.Gradients.Pieces.AsSpan(at, Width), _means.Pieces.AsSpan(at, Width), _squares.Pieces.AsSpan(at, Width), clip, rate);
        }
    }

    private void Adjust(Span<float> values, ReadOnlySpan<float> gradients, Span<float> means, Span<float> squares, float clip, float rate)
    {
        var meanScale = 1 / (1 - MathF.Pow(0.9f, _step));
        var squareScale = 1 / (1 - MathF.Pow(0.999f, _step));
        var at = 0;
        for (; at + Vector512<float>.Count <= values.Length; at += Vector512<float>.Count)
        {
            var gradient = Vector512.Create(gradients[at..]) * clip;
            var mean = Vector512.Create<float>(means[at..]);
            mean += (gradient - mean) * 0.1f;
            var square = Vector512.Create<float>(squares[at..]);
            square += ((gradient * gradient) - square) * 0.001f;
            var value = Vector512.Create<float>(values[at..]);
            value -= ((mean * meanScale / (Vector512.Sqrt(square * squareScale) + Vector512.Create(1e-8f))) + (value * Decay)) * rate;
            mean.CopyTo(means[at..]);
            square.CopyTo(squares[at..]);
            value.CopyTo(values[at..]);
        }

        for (; at < values.Length; at++)
        {
            var gradient = gradients[at] * clip;
            means[at] += 0.1f * (gradient - means[at]);
            squares[at] += 0.001f * ((gradient * gradient) - squares[at]);
            values[at] -= rate * ((means[at] * meanScale / (MathF.Sqrt(squares[at] * squareScale) + 1e-8f)) + (Decay * values[at]));
        }
    }

    /// <summary>One thread's share of the work.</summary>
    private sealed class Hand(ExactWeights weights, int number)
    {
        private const int Capacity = 2 * Batch / Hands * Longest;

        private readonly EncoderPass _pass = new(weights, Capacity);
        private readonly float[] _logits = new float[2 * Batch * AllOutputs];

        public EncoderGradient Gradient { get; } = new(weights, Capacity);

        public double Loss { get; private set; }

        public void Learn(EncoderRow[] rows, float share, int step)
        {
            Loss = 0;
            Gradient.Clear();
            if (rows.Length == 0)
                return;
            PieceRow[] posts = [.. rows.Select(row => row.Post), .. rows.Where(row => row.Twin is not null).Select(row => row.Twin!.Value)];
            _pass.Read(posts, _logits, new Dropping((ulong)((step * Hands) + number + 1)));
            var twin = rows.Length;
            for (var i = 0; i < rows.Length; i++)
            {
                if (rows[i].Twin is null)
                    Grade(i, rows[i], share);
                else
                    GradeTwins(i, twin++, rows[i], share);
            }

            Gradient.Run(_pass, posts, _logits);
        }

        private void Grade(int post, EncoderRow row, float share)
        {
            for (var exit = 0; exit <= Exits; exit++)
            {
                var at = (post * AllOutputs) + (exit * Outputs);
                var weight = row.Weight * (exit < Exits ? ExitShare : 1);
                Loss += Grade(at, row.Threat, weight * share) + Grade(at + 1, row.SelfHarm, weight * share);
            }
        }

        /// <summary>Both count half, and that they differ counts too (counterfactual logit pairing, Garg 2019).</summary>
        private void GradeTwins(int post, int twin, EncoderRow row, float share)
        {
            Span<float> apart = stackalloc float[AllOutputs];
            for (var i = 0; i < AllOutputs; i++)
                apart[i] = Math.Clamp(_logits[(post * AllOutputs) + i] - _logits[(twin * AllOutputs) + i], -FarApart, FarApart);
            Grade(post, row, share / 2);
            Grade(twin, row, share / 2);
            for (var i = 0; i < AllOutputs; i++)
            {
                var pull = 2 * Apart * share * row.Weight * apart[i] * (i < Exits * Outputs ? ExitShare : 1);
                _logits[(post * AllOutputs) + i] += pull;
                _logits[(twin * AllOutputs) + i] -= pull;
            }
        }

        /// <summary>Turns a logit into the gradient of its loss, which is returned.</summary>
        private float Grade(int at, float label, float weight)
        {
            var logit = _logits[at];
            _logits[at] = weight * ((1 / (1 + MathF.Exp(-logit))) - label);
            return weight * (MathF.Max(logit, 0) - (logit * label) + MathF.Log(1 + MathF.Exp(-MathF.Abs(logit))));
        }
    }
}
