using System.Numerics;
using System.Numerics.Tensors;
using static ThreatWatch.Classifier.Model.Networks.NetworkShape;

namespace ThreatWatch.Classifier.Model.Networks;

/// <summary>The tokens of a window as rows of numbers, with empty places around them. One object is reused; not thread-safe.</summary>
internal sealed class NetworkTokens(NetworkParameters parameters)
{
    private readonly float[] _rows = new float[(Window + (2 * Margin)) * Width];

    public Span<float> Rows => _rows;

    /// <summary>Lays out the window's tokens; <paramref name="byLetters"/> says which are described by their letters instead of their word.</summary>
    public void Read(NetworkInput input, int from, int count, Func<NetworkInput, int, bool> byLetters)
    {
        var rows = _rows.AsSpan(0, (count + (2 * Margin)) * Width);
        rows.Clear();
        for (var i = 0; i < count; i++)
        {
            var row = rows.Slice((i + Margin) * Width, Width);
            var token = from + i;
            if (!byLetters(input, token))
            {
                parameters.Words.AsSpan(input.Words[token] * Width, Width).CopyTo(row);
            }
            else if (input.LetterCounts[token] > 0)
            {
                foreach (var letters in input.LettersOf(token))
                    TensorPrimitives.Add(row, parameters.Letters.AsSpan(letters * Width, Width), row);
                TensorPrimitives.Multiply(row, 1f / input.LetterCounts[token], row);
            }

            for (var left = input.Kinds[token]; left != 0; left &= left - 1)
                TensorPrimitives.Add(row, parameters.KindRows.AsSpan(BitOperations.TrailingZeroCount(left) * Width, Width), row);
        }
    }
}
