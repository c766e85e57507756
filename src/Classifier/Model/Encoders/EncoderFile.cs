using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ThreatWatch.Classifier.Model.Algebra;
using static ThreatWatch.Classifier.Model.Encoders.EncoderShape;

namespace ThreatWatch.Classifier.Model.Encoders;

/// <summary>Writes and reads an encoder: tables in 8-bit steps with a scale for each row, matrices with one for each column, the rest exactly.</summary>
internal static class EncoderFile
{
    private const float Most = 127;

    public static void Write(BinaryWriter writer, Encoder encoder)
    {
        writer.Write(encoder.Pieces.Hashes.Length);
        writer.Write(MemoryMarshal.AsBytes(encoder.Pieces.Hashes.AsSpan()));
        foreach (var table in encoder.Parameters.Tables)
            WriteTable(writer, table);
        foreach (var matrix in encoder.Matrices)
        {
            writer.Write(MemoryMarshal.AsBytes(matrix.ColumnScales));
            writer.Write(MemoryMarshal.AsBytes(matrix.ToSteps().AsSpan()));
        }

        foreach (var vector in encoder.Parameters.Vectors)
            writer.Write(MemoryMarshal.AsBytes(vector.AsSpan()));
    }

    public static Encoder Read(BinaryReader reader)
    {
        var hashes = new ulong[reader.ReadInt32()];
        reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(hashes.AsSpan()));
        var pieces = new WordPieces(hashes);
        var parameters = new EncoderParameters(pieces.Count);
        foreach (var table in parameters.Tables)
            ReadTable(reader, table);
        var matrices = parameters.Matrices.Select(matrix => ReadMatrix(reader, matrix.Values.Length / matrix.Columns, matrix.Columns)).ToList();
        foreach (var vector in parameters.Vectors)
            reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(vector.AsSpan()));
        return new Encoder(pieces, parameters, matrices);
    }

    /// <summary>Rounds the tables to what the file can hold, so that what is measured is what is stored; matrices are rounded for scoring anyway.</summary>
    public static void Round(EncoderParameters parameters)
    {
        foreach (var table in parameters.Tables)
        {
            var scales = RowScales(table);
            for (var at = 0; at < table.Length; at++)
                table[at] = MathF.Round(table[at] / scales[at / Width]) * scales[at / Width];
        }
    }

    private static float[] RowScales(float[] table)
    {
        var scales = new float[table.Length / Width];
        for (var at = 0; at < table.Length; at++)
            scales[at / Width] = MathF.Max(scales[at / Width], MathF.Abs(table[at]));
        for (var row = 0; row < scales.Length; row++)
            scales[row] = scales[row] == 0 ? 1 : scales[row] / Most;
        return scales;
    }

    private static void WriteTable(BinaryWriter writer, float[] table)
    {
        var scales = RowScales(table);
        writer.Write(MemoryMarshal.AsBytes(scales.AsSpan()));
        var steps = new sbyte[table.Length];
        for (var at = 0; at < steps.Length; at++)
            steps[at] = (sbyte)MathF.Round(table[at] / scales[at / Width]);
        writer.Write(MemoryMarshal.AsBytes(steps.AsSpan()));
    }

    // Run once, at the start: compiled well at once, or loading takes twice as long.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ReadTable(BinaryReader reader, float[] table)
    {
        var scales = new float[table.Length / Width];
        reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(scales.AsSpan()));
        Span<sbyte> steps = stackalloc sbyte[Width];
        for (var row = 0; row < scales.Length; row++)
        {
            reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(steps));
            var into = table.AsSpan(row * Width, Width);
            for (var i = 0; i < into.Length; i++)
                into[i] = steps[i] * scales[row];
        }
    }

    private static SteppedMatrix ReadMatrix(BinaryReader reader, int rows, int columns)
    {
        var scales = new float[columns];
        reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(scales.AsSpan()));
        var steps = new sbyte[rows * columns];
        reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(steps.AsSpan()));
        return new SteppedMatrix(steps, scales, rows);
    }
}
