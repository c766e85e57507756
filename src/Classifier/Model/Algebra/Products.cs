using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace ThreatWatch.Classifier.Model.Algebra;

/// <summary>A matrix cut into panels of 32 columns, each in the order in which a product reads it.</summary>
internal sealed class Panels(int capacity) : IProduct
{
    public const int Columns = 32;
    private const int Block = 64;

    private readonly float[] _values = new float[capacity];

    public int Rows { get; private set; }

    public int Cols { get; private set; }

    public ReadOnlySpan<float> Panel(int at) => _values.AsSpan(at * Rows * Columns, Rows * Columns);

    public void Multiply(ReadOnlySpan<float> input, int rows, ReadOnlySpan<float> bias, Span<float> result) => Products.Multiply(input, Rows, 1, rows, this, bias, result, Cols);

    /// <summary>Takes rows by columns, rows <paramref name="stride"/> apart; the number of columns is a multiple of 32.</summary>
    public void Pack(ReadOnlySpan<float> matrix, int rows, int cols, int stride)
    {
        (Rows, Cols) = (rows, cols);
        for (var panel = 0; panel < cols / Columns; panel++)
        {
            var into = _values.AsSpan(panel * rows * Columns, rows * Columns);
            for (var row = 0; row < rows; row++)
                matrix.Slice((row * stride) + (panel * Columns), Columns).CopyTo(into[(row * Columns)..]);
        }
    }

    /// <summary>Takes the transpose of rows by columns, so that the panels have <paramref name="cols"/> rows; missing columns of the last panel are zero.</summary>
    public void PackTransposed(ReadOnlySpan<float> matrix, int rows, int cols, int stride)
    {
        (Rows, Cols) = (cols, (rows + Columns - 1) / Columns * Columns);
        for (var panel = 0; panel < Cols / Columns; panel++)
        {
            var into = _values.AsSpan(panel * cols * Columns, cols * Columns);
            var count = Math.Min(Columns, rows - (panel * Columns));
            if (count < Columns)
                into.Clear();
            // A block of columns at a time stays in the nearest cache.
            for (var first = 0; first < cols; first += Block)
            {
                var last = Math.Min(first + Block, cols);
                for (var k = 0; k < count; k++)
                {
                    var row = matrix.Slice(((panel * Columns) + k) * stride, cols);
                    for (var col = first; col < last; col++)
                        into[(col * Columns) + k] = row[col];
                }
            }
        }
    }
}

/// <summary>
/// Products of matrices, 4 rows by 32 columns at a time in registers. One thread and one order of sums: the same numbers each time on
/// one kind of processor.
/// </summary>
internal static class Products
{
    /// <summary>
    /// result[r, c] = bias[c] + the sum over i of a[r * rowStep + i * innerStep] * b[i, c]; added to what is there when
    /// <paramref name="add"/> says so. An empty bias is zero; rows of the result are <paramref name="stride"/> apart.
    /// </summary>
    public static void Multiply(ReadOnlySpan<float> a, int rowStep, int innerStep, int rows, Panels b, ReadOnlySpan<float> bias, Span<float> result, int stride, bool add = false)
    {
        var inner = b.Rows;
        if (rows == 0)
            return;
        // The kernel reads without checks, so the ends are checked here.
        _ = a[((rows - 1) * rowStep) + ((inner - 1) * innerStep)];
        _ = result[((rows - 1) * stride) + b.Cols - 1];
        for (var panel = 0; panel < b.Cols / Panels.Columns; panel++)
        {
            var column = panel * Panels.Columns;
            ref var cells = ref MemoryMarshal.GetReference(MemoryMarshal.Cast<float, Vector512<float>>(b.Panel(panel)));
            var (low, high) = bias.IsEmpty ? (Vector512<float>.Zero, Vector512<float>.Zero) : (Vector512.Create(bias[column..]), Vector512.Create(bias[(column + 16)..]));
            for (var row = 0; row < rows; row += 4)
                Tile(ref Unsafe.Add(ref MemoryMarshal.GetReference(a), row * rowStep), rowStep, innerStep, Math.Min(4, rows - row), inner, ref cells, low, high, ref result[(row * stride) + column], stride, add);
        }
    }

    private static void Tile(ref float a, int rowStep, int innerStep, int rows, int inner, ref Vector512<float> b, Vector512<float> low, Vector512<float> high, ref float result, int stride, bool add)
    {
        // Rows that are missing at the end are the last one again.
        ref var x0 = ref a;
        ref var x1 = ref Unsafe.Add(ref a, Math.Min(1, rows - 1) * rowStep);
        ref var x2 = ref Unsafe.Add(ref a, Math.Min(2, rows - 1) * rowStep);
        ref var x3 = ref Unsafe.Add(ref a, Math.Min(3, rows - 1) * rowStep);
        Vector512<float> a0 = low, b0 = high, a1 = low, b1 = high, a2 = low, b2 = high, a3 = low, b3 = high;
        nint at = 0;
        for (nint i = 0; i < inner; i++, at += innerStep)
        {
            var left = Unsafe.Add(ref b, 2 * i);
            var right = Unsafe.Add(ref b, (2 * i) + 1);
            var v0 = Vector512.Create(Unsafe.Add(ref x0, at));
            a0 = Vector512.FusedMultiplyAdd(v0, left, a0);
            b0 = Vector512.FusedMultiplyAdd(v0, right, b0);
            var v1 = Vector512.Create(Unsafe.Add(ref x1, at));
            a1 = Vector512.FusedMultiplyAdd(v1, left, a1);
            b1 = Vector512.FusedMultiplyAdd(v1, right, b1);
            var v2 = Vector512.Create(Unsafe.Add(ref x2, at));
            a2 = Vector512.FusedMultiplyAdd(v2, left, a2);
            b2 = Vector512.FusedMultiplyAdd(v2, right, b2);
            var v3 = Vector512.Create(Unsafe.Add(ref x3, at));
            a3 = Vector512.FusedMultiplyAdd(v3, left, a3);
            b3 = Vector512.FusedMultiplyAdd(v3, right, b3);
        }

        Store(a0, b0, ref result, add);
        if (rows > 1)
            Store(a1, b1, ref Unsafe.Add(ref result, stride), add);
        if (rows > 2)
            Store(a2, b2, ref Unsafe.Add(ref result, 2 * stride), add);
        if (rows > 3)
            Store(a3, b3, ref Unsafe.Add(ref result, 3 * stride), add);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector512<float> low, Vector512<float> high, ref float result, bool add)
    {
        if (add)
        {
            low += Vector512.LoadUnsafe(ref result);
            high += Vector512.LoadUnsafe(ref result, 16);
        }

        low.StoreUnsafe(ref result);
        high.StoreUnsafe(ref result, 16);
    }
}
