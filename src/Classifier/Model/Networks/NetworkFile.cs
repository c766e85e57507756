using System.Runtime.InteropServices;
using static ThreatWatch.Classifier.Model.Networks.NetworkShape;

namespace ThreatWatch.Classifier.Model.Networks;

/// <summary>Writes and reads what a network has learnt: rows of words and letters in 8-bit steps, each row with its scale, the rest exactly.</summary>
internal static class NetworkFile
{
    private const float Steps = 127;

    public static void Write(BinaryWriter writer, NetworkParameters parameters)
    {
        WriteRows(writer, parameters.Words);
        WriteRows(writer, parameters.Letters);
        foreach (var values in parameters.Dense)
        {
            foreach (var value in values)
                writer.Write(value);
        }
    }

    public static NetworkParameters Read(BinaryReader reader, int words)
    {
        var parameters = new NetworkParameters(words);
        ReadRows(reader, parameters.Words);
        ReadRows(reader, parameters.Letters);
        foreach (var values in parameters.Dense)
        {
            reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan()));
        }

        return parameters;
    }

    private static void WriteRows(BinaryWriter writer, float[] rows)
    {
        for (var at = 0; at < rows.Length; at += Width)
        {
            var row = rows.AsSpan(at, Width);
            var most = 0f;
            foreach (var value in row)
                most = MathF.Max(most, MathF.Abs(value));
            var scale = most == 0 ? 1 : most / Steps;
            writer.Write(scale);
            foreach (var value in row)
                writer.Write((sbyte)MathF.Round(value / scale));
        }
    }

    private static void ReadRows(BinaryReader reader, float[] rows)
    {
        Span<byte> row = stackalloc byte[Width];
        for (var at = 0; at < rows.Length; at += Width)
        {
            var scale = reader.ReadSingle();
            reader.BaseStream.ReadExactly(row);
            for (var i = 0; i < Width; i++)
                rows[at + i] = (sbyte)row[i] * scale;
        }
    }
}
