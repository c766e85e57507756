using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ThreatWatch.Classifier.Model.Algebra;

/// <summary>
/// A matrix in 8-bit steps with a scale for each column, for products with rows that are cut into 8-bit steps when they come. Sums are
/// whole numbers, so that every processor gets the same.
/// </summary>
internal sealed class SteppedMatrix : IProduct
{
    private const int Columns = 16;
    private const int Half = Columns / 2;
    private const int Group = 4;

    /// <summary>Rows that are multiplied with a panel at once, in registers.</summary>
    private const int Tall = 4;

    private const float Most = 127;

    /// <summary>What is added to the steps of a row, since the processor multiplies unsigned by signed bytes.</summary>
    private const int Zero = 128;

    private readonly int _rows;
    private readonly int _cols;
    private readonly sbyte[] _cells;
    private readonly float[] _scales;
    private readonly int[] _zeros;

    /// <summary>Takes rows by columns, a row after the other; rows are a multiple of 32, columns of 16.</summary>
    public static SteppedMatrix Of(ReadOnlySpan<float> matrix, int rows, int cols)
    {
        var scales = Scales(matrix, cols);
        return new SteppedMatrix(Steps(matrix, scales), scales, rows);
    }

    /// <summary>Takes steps that were cut before.</summary>
    // Run once, at the start: compiled well at once, or loading takes twice as long.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public SteppedMatrix(ReadOnlySpan<sbyte> steps, float[] scales, int rows)
    {
        (_rows, _cols) = (rows, scales.Length);
        (_cells, _scales, _zeros) = (new sbyte[steps.Length], scales, new int[_cols]);
        for (var row = 0; row < rows; row++)
        {
            var from = steps.Slice(row * _cols, _cols);
            var cell = FirstCell(row);
            for (var col = 0; col < from.Length; col++)
            {
                _cells[cell] = from[col];
                _zeros[col] += Zero * from[col];
                cell += NextCell(col);
            }
        }
    }

    public ReadOnlySpan<float> ColumnScales => _scales;

    /// <summary>The numbers in steps of their column's scale, a row after the other.</summary>
    public static sbyte[] Steps(ReadOnlySpan<float> matrix, float[] scales)
    {
        var steps = new sbyte[matrix.Length];
        for (var at = 0; at < steps.Length; at++)
            steps[at] = (sbyte)MathF.Round(matrix[at] / scales[at % scales.Length]);
        return steps;
    }

    /// <summary>The steps again, a row after the other.</summary>
    public sbyte[] ToSteps()
    {
        var steps = new sbyte[_cells.Length];
        for (var row = 0; row < _rows; row++)
        {
            var cell = FirstCell(row);
            for (var col = 0; col < _cols; col++)
            {
                steps[(row * _cols) + col] = _cells[cell];
                cell += NextCell(col);
            }
        }

        return steps;
    }

    /// <summary>Where the row's first column lies: panels of columns, in them groups of four rows.</summary>
    private static int FirstCell(int row) => (row / Group * Group * Columns) + (row % Group);

    private int NextCell(int col) => (col + 1) % Columns == 0 ? (Columns * _rows) - (Group * (Columns - 1)) : Group;

    /// <summary>The scale of each column: its largest number is 127 steps.</summary>
    public static float[] Scales(ReadOnlySpan<float> matrix, int cols)
    {
        var scales = new float[cols];
        for (var at = 0; at < matrix.Length; at += cols)
            TensorPrimitives.MaxMagnitude(matrix.Slice(at, cols), scales, scales);
        for (var col = 0; col < cols; col++)
            scales[col] = scales[col] == 0 ? 1 : MathF.Abs(scales[col]) / Most;
        return scales;
    }

    public void Multiply(ReadOnlySpan<float> input, int rows, ReadOnlySpan<float> bias, Span<float> result)
    {
        var steps = SteppedRows.Of(input, rows, _rows);
        result = result[..(rows * _cols)];
        // A panel at a time stays in the nearest cache for all rows.
        for (var col = 0; col < _cols; col += Columns)
        {
            for (var row = 0; row < rows; row += Tall)
                Tile(steps, row, Math.Min(Tall, rows - row), col, bias, result);
        }
    }

    private void Tile(SteppedRows steps, int row, int rows, int col, ReadOnlySpan<float> bias, Span<float> result)
    {
        ref var cells = ref Unsafe.As<sbyte, Vector256<sbyte>>(ref _cells[col * _rows]);
        // Rows that are missing at the end are the last one again.
        ref var x0 = ref steps.Row(row);
        ref var x1 = ref steps.Row(row + Math.Min(1, rows - 1));
        ref var x2 = ref steps.Row(row + Math.Min(2, rows - 1));
        ref var x3 = ref steps.Row(row + Math.Min(3, rows - 1));
        Vector256<int> a0 = default, b0 = default, a1 = default, b1 = default, a2 = default, b2 = default, a3 = default, b3 = default;
        for (nint i = 0; i < _rows / Group; i++)
        {
            var left = Unsafe.Add(ref cells, 2 * i);
            var right = Unsafe.Add(ref cells, (2 * i) + 1);
            var v0 = Vector256.Create(Unsafe.Add(ref x0, i)).AsByte();
            (a0, b0) = (Add(a0, v0, left), Add(b0, v0, right));
            var v1 = Vector256.Create(Unsafe.Add(ref x1, i)).AsByte();
            (a1, b1) = (Add(a1, v1, left), Add(b1, v1, right));
            var v2 = Vector256.Create(Unsafe.Add(ref x2, i)).AsByte();
            (a2, b2) = (Add(a2, v2, left), Add(b2, v2, right));
            var v3 = Vector256.Create(Unsafe.Add(ref x3, i)).AsByte();
            (a3, b3) = (Add(a3, v3, left), Add(b3, v3, right));
        }

        var into = result[((row * _cols) + col)..];
        Store(a0, b0, steps.Scale(row), col, bias, into);
        if (rows > 1)
            Store(a1, b1, steps.Scale(row + 1), col, bias, into[_cols..]);
        if (rows > 2)
            Store(a2, b2, steps.Scale(row + 2), col, bias, into[(2 * _cols)..]);
        if (rows > 3)
            Store(a3, b3, steps.Scale(row + 3), col, bias, into[(3 * _cols)..]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Store(Vector256<int> left, Vector256<int> right, float scale, int col, ReadOnlySpan<float> bias, Span<float> into)
    {
        Store(left, scale, col, bias, into);
        Store(right, scale, col + Half, bias, into[Half..]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Store(Vector256<int> sums, float scale, int col, ReadOnlySpan<float> bias, Span<float> into)
    {
        var values = Vector256.ConvertToSingle(sums - Vector256.LoadUnsafe(ref _zeros[col])) * (Vector256.LoadUnsafe(ref _scales[col]) * scale);
        (values + Vector256.Create(bias[col..])).CopyTo(into);
    }

    /// <summary>Adds to each sum four products of bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Add(Vector256<int> sums, Vector256<byte> steps, Vector256<sbyte> cells)
    {
        if (AvxVnni.IsSupported)
            return AvxVnni.MultiplyWideningAndAdd(sums, steps, cells);
        // Older processors: 16 bits wide, by pairs, to the same whole numbers.
        var (lowSteps, highSteps) = Vector256.Widen(steps);
        var (lowCells, highCells) = Vector256.Widen(cells);
        var low = Pairs(lowSteps.AsInt16(), lowCells);
        var high = Pairs(highSteps.AsInt16(), highCells);
        return sums + Vector256.Create(Neighbours(low), Neighbours(high));
    }

    private static Vector256<int> Pairs(Vector256<short> a, Vector256<short> b)
    {
        if (Avx2.IsSupported)
            return Avx2.MultiplyAddAdjacent(a, b);
        Span<int> sums = stackalloc int[8];
        for (var i = 0; i < 8; i++)
            sums[i] = (a[2 * i] * b[2 * i]) + (a[(2 * i) + 1] * b[(2 * i) + 1]);
        return Vector256.Create<int>(sums);
    }

    private static Vector128<int> Neighbours(Vector256<int> pairs) =>
        Vector128.Create(pairs[0] + pairs[1], pairs[2] + pairs[3], pairs[4] + pairs[5], pairs[6] + pairs[7]);
}

/// <summary>Rows cut into 8-bit steps, each with a scale of its own. One for each thread, reused.</summary>
internal sealed class SteppedRows
{
    private const int Zero = 128;
    private const float Most = 127;

    [ThreadStatic]
    private static SteppedRows? own;

    private byte[] _steps = [];
    private float[] _scales = [];
    private int _width;

    public static SteppedRows Of(ReadOnlySpan<float> input, int rows, int width)
    {
        var stepped = own ??= new SteppedRows();
        if (stepped._steps.Length < rows * width)
            stepped._steps = new byte[rows * width];
        if (stepped._scales.Length < rows)
            stepped._scales = new float[rows];
        stepped._width = width;
        for (var row = 0; row < rows; row++)
            stepped._scales[row] = Cut(input.Slice(row * width, width), stepped._steps.AsSpan(row * width, width));
        return stepped;
    }

    public float Scale(int row) => _scales[row];

    /// <summary>The first four steps of a row; the others follow.</summary>
    public ref int Row(int row) => ref MemoryMarshal.AsRef<int>(_steps.AsSpan(row * _width));

    private static float Cut(ReadOnlySpan<float> row, Span<byte> steps)
    {
        var most = MathF.Abs(TensorPrimitives.MaxMagnitude(row));
        var scale = most == 0 ? 1 : most / Most;
        var stretch = Vector256.Create(1 / scale);
        for (var at = 0; at < row.Length; at += 32)
        {
            var low = Vector256.NarrowWithSaturation(Whole(row[at..], stretch), Whole(row[(at + 8)..], stretch));
            var high = Vector256.NarrowWithSaturation(Whole(row[(at + 16)..], stretch), Whole(row[(at + 24)..], stretch));
            Vector256.Narrow(low.AsUInt16(), high.AsUInt16()).CopyTo(steps[at..]);
        }

        return scale;
    }

    private static Vector256<int> Whole(ReadOnlySpan<float> values, Vector256<float> stretch) =>
        Vector256.ConvertToInt32(Vector256.Round(Vector256.Create(values) * stretch)) + Vector256.Create(Zero);
}
