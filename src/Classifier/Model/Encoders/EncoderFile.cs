using System.Runtime.InteropServices;
using static ThreatWatch.Classifier.Model.Encoders.EncoderShape;

namespace ThreatWatch.Classifier.Model.Encoders;

/// <summary>Writes and reads an encoder: tables in 8-bit steps with a scale for each row, matrices with one for each column, the rest exactly.</summary>
internal static class EncoderFile
{
    private const float Most = 127;

    public static void Write(BinaryWriter writer, WordPieces pieces, EncoderParameters parameters)
    {
        writer.Write(pieces.Hashes.Length);
        writer.Write(MemoryMarshal.AsBytes(pieces.Hashes.AsSpan()));
        foreach (var table in parameters.Tables)
            WriteSteps(writer, table, RowScales(table), ByRow);
        foreach (var (matrix, columns) in parameters.Matrices)
            WriteSteps(writer, matrix, SteppedMatrix.Scales(matrix, columns), ByColumn(columns));
        foreach (var vector in parameters.Vectors)
            writer.Write(MemoryMarshal.AsBytes(vector.AsSpan()));
    }

    public static Encoder Read(BinaryReader reader)
    {
        var hashes = new ulong[reader.ReadInt32()];
        reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(hashes.AsSpan()));
        var pieces = new WordPieces(hashes);
        var parameters = new EncoderParameters(pieces.Count);
        foreach (var table in parameters.Tables)
            ReadSteps(reader, table, table.Length / Width, ByRow);
        foreach (var (matrix, columns) in parameters.Matrices)
            ReadSteps(reader, matrix, columns, ByColumn(columns));
        foreach (var vector in parameters.Vectors)
            reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(vector.AsSpan()));
        return new Encoder(pieces, parameters);
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

    private static int ByRow(int at) => at / Width;

    private static Func<int, int> ByColumn(int columns) => at => at % columns;

    private static float[] RowScales(float[] table)
    {
        var scales = new float[table.Length / Width];
        for (var at = 0; at < table.Length; at++)
            scales[at / Width] = MathF.Max(scales[at / Width], MathF.Abs(table[at]));
        for (var row = 0; row < scales.Length; row++)
            scales[row] = scales[row] == 0 ? 1 : scales[row] / Most;
        return scales;
    }

    private static void WriteSteps(BinaryWriter writer, float[] values, float[] scales, Func<int, int> scaleOf)
    {
        writer.Write(MemoryMarshal.AsBytes(scales.AsSpan()));
        var steps = new sbyte[values.Length];
        for (var at = 0; at < values.Length; at++)
            steps[at] = (sbyte)MathF.Round(values[at] / scales[scaleOf(at)]);
        writer.Write(MemoryMarshal.AsBytes(steps.AsSpan()));
    }

    private static void ReadSteps(BinaryReader reader, float[] values, int scaleCount, Func<int, int> scaleOf)
    {
        var scales = new float[scaleCount];
        reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(scales.AsSpan()));
        var steps = new sbyte[values.Length];
        reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(steps.AsSpan()));
        for (var at = 0; at < values.Length; at++)
            values[at] = steps[at] * scales[scaleOf(at)];
    }
}
