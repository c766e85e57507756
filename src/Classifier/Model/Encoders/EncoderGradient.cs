using System.Numerics;
using System.Numerics.Tensors;
using ThreatWatch.Classifier.Model.Algebra;
using static ThreatWatch.Classifier.Model.Encoders.EncoderShape;

namespace ThreatWatch.Classifier.Model.Encoders;

/// <summary>
/// The way back through an encoder: from what the logits of a batch should have been to what each number contributed. One object is
/// reused; not thread-safe.
/// </summary>
internal sealed class EncoderGradient(ExactWeights weights, int capacity)
{
    private readonly EncoderParameters _parameters = weights.Parameters;
    private readonly float[] _rows = new float[capacity * Width];
    private readonly float[] _other = new float[capacity * Width];
    private readonly float[] _inner = new float[capacity * Inner];
    private readonly float[] _attention = new float[capacity * 3 * Width];
    private readonly float[] _scores = new float[Longest * Across];
    private readonly Panels _panels = new(capacity * Inner);

    public EncoderParameters Gradients { get; } = new(weights.Parameters.PieceCount);

    /// <summary>The pieces whose rows have a gradient.</summary>
    public HashSet<int> Touched { get; } = [];

    /// <summary>What a change of each row that was read would do to the loss, after <see cref="Run"/>.</summary>
    public ReadOnlySpan<float> InputGradients => _rows;

    public void Clear()
    {
        foreach (var values in Gradients.Dense)
            Array.Clear(values);
        foreach (var piece in Touched)
            Gradients.Pieces.AsSpan(piece * Width, Width).Clear();
        Touched.Clear();
    }

    /// <summary>Adds the gradients for what <paramref name="pass"/> read last, given those of its logits at all exits and at the end.</summary>
    public void Run(EncoderPass pass, IReadOnlyList<PieceRow> posts, ReadOnlySpan<float> logits)
    {
        var count = pass.Rows;
        var rows = _rows.AsSpan(0, count * Width);
        rows.Clear();
        for (var layer = EncoderShape.Layers - 1; layer >= 0; layer--)
        {
            if (EncoderPass.OutputsAfter(layer) is { } exit)
            {
                for (var post = 0; post < posts.Count; post++)
                    Unpool(pass, exit, post, logits.Slice((post * AllOutputs) + (exit * Outputs), Outputs));
            }

            var (trace, gradients) = (pass.Traces[layer], Gradients.Layers[layer]);
            // Through the second half: rows is the gradient of what came out, other that of what went in.
            Unnormalise(rows, trace.LastNorm, _parameters.Layers[layer].DownScale, gradients.DownScale, gradients.DownShift);
            var other = _other.AsSpan(0, rows.Length);
            rows.CopyTo(other);
            pass.Undrop(rows, trace.LastNorm);
            var inner = _inner.AsSpan(0, count * Inner);
            Unmultiply(trace.Bent, Inner, rows, Width, count, weights.Back(layer).Down, gradients.Down, gradients.DownBias, inner, add: false);
            Unbend(trace, inner);
            Unmultiply(trace.Middle, Width, inner, Inner, count, weights.Back(layer).Up, gradients.Up, gradients.UpBias, other, add: true);

            // Through the attention: other is the gradient of what came out.
            Unnormalise(other, trace.Norm, _parameters.Layers[layer].OutputScale, gradients.OutputScale, gradients.OutputShift);
            other.CopyTo(rows);
            pass.Undrop(other, trace.Norm);
            var seen = inner[..rows.Length];
            Unmultiply(trace.Seen, Width, other, Width, count, weights.Back(layer).Output, gradients.Output, gradients.OutputBias, seen, add: false);
            Unlook(pass, trace, seen);
            Unmultiply(trace.Input, Width, _attention.AsSpan(0, count * 3 * Width), 3 * Width, count, weights.Back(layer).Attention, gradients.Attention, gradients.AttentionBias, rows, add: true);
        }

        pass.Undrop(rows, pass.First);
        Unnormalise(rows, pass.First, _parameters.Scale, Gradients.Scale, Gradients.Shift);
        Unembed(pass, posts);
    }

    private void Unpool(EncoderPass pass, int exit, int post, ReadOnlySpan<float> logits)
    {
        var (from, count) = pass.Posts[post];
        var pooled = pass.Pooled(exit, post).AsSpan();
        Span<float> back = stackalloc float[Pooled];
        back.Clear();
        for (var output = 0; output < Outputs; output++)
        {
            TensorPrimitives.MultiplyAdd(pooled, logits[output], Gradients.Head[exit].AsSpan(output * Pooled, Pooled), Gradients.Head[exit].AsSpan(output * Pooled, Pooled));
            Gradients.HeadBias[exit][output] += logits[output];
            TensorPrimitives.MultiplyAdd(_parameters.Head[exit].AsSpan(output * Pooled, Pooled), logits[output], back, back);
        }

        for (var row = from; row < from + count; row++)
            TensorPrimitives.MultiplyAdd(back[..Width], 1f / count, _rows.AsSpan(row * Width, Width), _rows.AsSpan(row * Width, Width));
        for (var i = 0; i < Width; i++)
        {
            // The first piece that has the largest of this number gets all of its gradient.
            var row = from;
            while (pass.Before(exit, row)[i] != pooled[Width + i])
                row++;
            _rows[(row * Width) + i] += back[Width + i];
        }
    }

    /// <summary>Turns the gradient of normalised rows into that of the rows before.</summary>
    private static void Unnormalise(Span<float> rows, NormTrace trace, float[] scale, float[] scaleGradient, float[] shiftGradient)
    {
        Span<float> work = stackalloc float[Width];
        for (var at = 0; at < rows.Length; at += Width)
        {
            var row = rows.Slice(at, Width);
            var plain = trace.Rows.AsSpan(at, Width);
            TensorPrimitives.Add(shiftGradient, row, shiftGradient);
            TensorPrimitives.MultiplyAdd(row, plain, scaleGradient, scaleGradient);
            TensorPrimitives.Multiply(row, scale, row);
            var mean = TensorPrimitives.Sum<float>(row) / Width;
            var along = TensorPrimitives.Dot<float>(row, plain) / Width;
            TensorPrimitives.Multiply(plain, -along, work);
            TensorPrimitives.Add(row, work, row);
            TensorPrimitives.Subtract(row, mean, row);
            TensorPrimitives.Multiply(row, trace.Stretch[at / Width], row);
        }
    }

    /// <summary>Through a product: the gradients of its matrix and bias, and of what went in.</summary>
    private void Unmultiply(float[] input, int inputs, ReadOnlySpan<float> output, int outputs, int count, Panels transposed, float[] matrix, float[] bias, Span<float> into, bool add)
    {
        _panels.Pack(output, count, outputs, outputs);
        Products.Multiply(input, 1, inputs, inputs, _panels, [], matrix, outputs, add: true);
        for (var row = 0; row < count; row++)
            TensorPrimitives.Add(bias, output.Slice(row * outputs, outputs), bias);
        Products.Multiply(output, outputs, 1, count, transposed, [], into, inputs, add);
    }

    private static void Unbend(LayerTrace trace, Span<float> inner)
    {
        // d(x s(bx)) = s + b x s (1 - s)
        for (var i = 0; i < inner.Length; i++)
        {
            var gate = trace.Gate[i];
            inner[i] *= gate + (EncoderPass.Bend * trace.Bent[i] * (1 - gate));
        }
    }

    private void Unlook(EncoderPass pass, LayerTrace trace, ReadOnlySpan<float> seen)
    {
        const int Stride = 3 * Width;
        var scale = 1 / MathF.Sqrt(HeadWidth);
        foreach (var (from, count) in pass.Posts)
        {
            for (var head = 0; head < Heads; head++)
            {
                var (at, part) = ((from * Stride) + (head * HeadWidth), (from * Heads) + (head * count));
                var back = seen[((from * Width) + (head * HeadWidth))..];
                var looks = trace.Looks.AsSpan(part * Longest);
                _panels.PackTransposed(trace.Attention.AsSpan(at + (2 * Width)), count, HeadWidth, Stride);
                Products.Multiply(back, Width, 1, count, _panels, [], _scores, Across);
                _panels.Pack(back, count, HeadWidth, Width);
                Products.Multiply(looks, 1, Longest, count, _panels, [], _attention.AsSpan(at + (2 * Width)), Stride);
                for (var i = 0; i < count; i++)
                {
                    var scores = _scores.AsSpan(i * Across, count);
                    var own = looks.Slice(i * Longest, count);
                    TensorPrimitives.Subtract(scores, TensorPrimitives.Dot<float>(scores, own), scores);
                    TensorPrimitives.Multiply(scores, own, scores);
                    TensorPrimitives.Multiply(scores, scale, scores);
                }

                _panels.Pack(trace.Attention.AsSpan(at + Width), count, HeadWidth, Stride);
                Products.Multiply(_scores, Across, 1, count, _panels, [], _attention.AsSpan(at), Stride);
                _panels.Pack(trace.Attention.AsSpan(at), count, HeadWidth, Stride);
                Products.Multiply(_scores, 1, Across, count, _panels, [], _attention.AsSpan(at + Width), Stride);
            }
        }
    }

    private void Unembed(EncoderPass pass, IReadOnlyList<PieceRow> posts)
    {
        for (var post = 0; post < posts.Count; post++)
        {
            var (from, count) = pass.Posts[post];
            var pieces = posts[post].Pieces.Span;
            var kinds = posts[post].Kinds.Span;
            for (var i = 0; i < count; i++)
            {
                var row = _rows.AsSpan((from + i) * Width, Width);
                Touched.Add(pieces[i]);
                Add(Gradients.Pieces, pieces[i], row);
                Add(Gradients.Positions, i, row);
                for (var left = kinds[i]; left != 0; left &= left - 1)
                    Add(Gradients.KindRows, BitOperations.TrailingZeroCount(left), row);
            }
        }
    }

    private static void Add(float[] rows, int at, ReadOnlySpan<float> row) =>
        TensorPrimitives.Add(rows.AsSpan(at * Width, Width), row, rows.AsSpan(at * Width, Width));
}
