using ThreatWatch.Classifier.Model.Algebra;

namespace ThreatWatch.Tests.Classifier.Model.Algebra;

public sealed class ProductsTests
{
    private const int Inner = 768;
    private const int Cols = 64;

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(7)]
    public void Panels_multiply_as_a_plain_sum_does(int rows)
    {
        var (a, b, bias) = (Numbers(rows * Inner, 1), Numbers(Inner * Cols, 2), Numbers(Cols, 3));
        var panels = new Panels(b.Length);
        panels.Pack(b, Inner, Cols, Cols);
        var result = new float[rows * Cols];

        panels.Multiply(a, rows, bias, result);

        foreach (var (expected, got) in Plain(a, b, bias, rows).Zip(result))
            Assert.Equal(expected, got, 1e-3);
    }

    [Fact]
    public void A_transposed_matrix_multiplies_from_the_other_side()
    {
        var (a, b) = (Numbers(5 * Cols, 1), Numbers(Inner * Cols, 2));
        var panels = new Panels(b.Length);
        panels.PackTransposed(b, Inner, Cols, Cols);
        var result = new float[5 * Inner];

        panels.Multiply(a, 5, [], result);

        for (var row = 0; row < 5; row++)
        {
            for (var col = 0; col < Inner; col += 97)
                Assert.Equal(Enumerable.Range(0, Cols).Sum(i => (double)a[(row * Cols) + i] * b[(col * Cols) + i]), result[(row * Inner) + col], 1e-3);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(6)]
    public void Steps_of_8_bits_come_within_two_percent_of_the_exact_product(int rows)
    {
        var (a, b, bias) = (Numbers(rows * Inner, 1), Numbers(Inner * Cols, 2), Numbers(Cols, 3));
        var result = new float[rows * Cols];

        SteppedMatrix.Of(b, Inner, Cols).Multiply(a, rows, bias, result);

        var exact = Plain(a, b, bias, rows);
        var size = Math.Sqrt(exact.Average(x => x * x));
        Assert.True(Math.Sqrt(exact.Zip(result).Average(p => (p.First - p.Second) * (p.First - p.Second))) < 0.02 * size);
    }

    [Fact]
    public void Whole_numbers_multiply_exactly_in_steps()
    {
        // 127 steps of one, so that cutting loses nothing.
        var random = new Random(4);
        float[] Whole(int count) => [.. Enumerable.Range(0, count).Select(i => i % Inner == 0 ? 127f : random.Next(-127, 128))];
        var a = Whole(3 * Inner);
        var b = new float[Inner * Cols];
        for (var i = 0; i < b.Length; i++)
            b[i] = i < Cols ? 127 : random.Next(-127, 128);
        var result = new float[3 * Cols];

        SteppedMatrix.Of(b, Inner, Cols).Multiply(a, 3, new float[Cols], result);

        Assert.Equal(Plain(a, b, new float[Cols], 3).Select(x => (float)x), result);
    }

    private static double[] Plain(float[] a, float[] b, float[] bias, int rows) =>
        [.. Enumerable.Range(0, rows * Cols).Select(at => bias[at % Cols] + Enumerable.Range(0, Inner).Sum(i => (double)a[(at / Cols * Inner) + i] * b[(i * Cols) + (at % Cols)]))];

    private static float[] Numbers(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (float)(random.NextDouble() - 0.5))];
    }
}
