using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using ThreatWatch.Classifier.Model.Encoders;
using ThreatWatch.Classifier.Model.Networks;
using Encoder = ThreatWatch.Classifier.Model.Encoders.Encoder;

namespace ThreatWatch.Classifier.Model;

/// <summary>All that scoring needs, as one file; the same model gives the same bytes, and the hash of the bytes is the model's version.</summary>
internal sealed record ModelFile(LinearWeights Linear, Committee Committee, Encoder? Encoder, Blend Threat, Blend SelfHarm)
{
    public const string Name = "threatwatch.model";
    private const string Magic = "ThreatWatch model 3";

    public Blend Blend(Category category) => category == Category.Threat ? Threat : SelfHarm;

    /// <summary>The encoder stands packed by its own steps behind the rest: it does not get smaller, and unpacking it would double the time to load.</summary>
    public byte[] ToBytes()
    {
        using var packed = new MemoryStream();
        using (var writer = new BinaryWriter(new BrotliStream(packed, CompressionLevel.Optimal, leaveOpen: true), Encoding.UTF8))
        {
            Linear.Write(writer);
            Committee.Write(writer);
            foreach (var blend in new[] { Threat, SelfHarm })
            {
                writer.Write(blend.Bias);
                writer.Write(blend.Post);
                writer.Write(blend.Sentence);
                writer.Write(blend.Network);
                writer.Write(blend.Encoder);
            }
        }

        using var bytes = new MemoryStream();
        using (var writer = new BinaryWriter(bytes, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(Magic);
            writer.Write((int)packed.Length);
            writer.Write(packed.GetBuffer().AsSpan(0, (int)packed.Length));
            writer.Write(Encoder is not null);
            if (Encoder is not null)
                EncoderFile.Write(writer, Encoder);
        }

        return bytes.ToArray();
    }

    /// <exception cref="InvalidDataException">The bytes are not a model of this version of the product.</exception>
    public static ModelFile FromBytes(byte[] bytes)
    {
        try
        {
            using var reader = new BinaryReader(new MemoryStream(bytes), Encoding.UTF8);
            if (bytes.Length <= Magic.Length || reader.ReadByte() != Magic.Length || Encoding.UTF8.GetString(reader.ReadBytes(Magic.Length)) != Magic)
                throw new InvalidDataException("This is no model of this version of ThreatWatch; train one again.");
            var packed = reader.ReadBytes(reader.ReadInt32());
            var encoder = reader.ReadBoolean() ? EncoderFile.Read(reader) : null;
            using var plain = new MemoryStream();
            using (var unpacking = new BrotliStream(new MemoryStream(packed), CompressionMode.Decompress))
                unpacking.CopyTo(plain);
            plain.Position = 0;
            using var rest = new BinaryReader(plain, Encoding.UTF8);
            return new ModelFile(LinearWeights.Read(rest), Committee.Read(rest), encoder, ReadBlend(rest), ReadBlend(rest));
        }
        catch (Exception error) when (error is EndOfStreamException or InvalidOperationException or IndexOutOfRangeException or ArgumentException or OverflowException)
        {
            throw new InvalidDataException("The model file is damaged.", error);
        }
    }

    public static string VersionOf(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes))[..12];

    private static Blend ReadBlend(BinaryReader reader) => new(reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble());
}
