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
    private const string Magic = "ThreatWatch model 2";

    public Blend Blend(Category category) => category == Category.Threat ? Threat : SelfHarm;

    public byte[] ToBytes()
    {
        using var bytes = new MemoryStream();
        using (var packed = new BrotliStream(bytes, CompressionLevel.Optimal, leaveOpen: true))
        using (var writer = new BinaryWriter(packed, Encoding.UTF8))
        {
            writer.Write(Magic);
            Linear.Write(writer);
            Committee.Write(writer);
            writer.Write(Encoder is not null);
            if (Encoder is not null)
                EncoderFile.Write(writer, Encoder.Pieces, Encoder.Parameters);
            foreach (var blend in new[] { Threat, SelfHarm })
            {
                writer.Write(blend.Bias);
                writer.Write(blend.Post);
                writer.Write(blend.Sentence);
                writer.Write(blend.Network);
                writer.Write(blend.Encoder);
            }
        }

        return bytes.ToArray();
    }

    /// <exception cref="InvalidDataException">The bytes are not a model of this version of the product.</exception>
    public static ModelFile FromBytes(byte[] bytes)
    {
        try
        {
            using var packed = new BrotliStream(new MemoryStream(bytes), CompressionMode.Decompress);
            using var plain = new MemoryStream();
            packed.CopyTo(plain);
            plain.Position = 0;
            using var reader = new BinaryReader(plain, Encoding.UTF8);
            if (reader.ReadString() != Magic)
                throw new InvalidDataException("This is no model of this version of ThreatWatch; train one again.");
            return new ModelFile(LinearWeights.Read(reader), Committee.Read(reader), reader.ReadBoolean() ? EncoderFile.Read(reader) : null, ReadBlend(reader), ReadBlend(reader));
        }
        catch (Exception error) when (error is EndOfStreamException or InvalidOperationException or IndexOutOfRangeException)
        {
            throw new InvalidDataException("The model file is damaged.", error);
        }
    }

    public static string VersionOf(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes))[..12];

    private static Blend ReadBlend(BinaryReader reader) => new(reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble());
}
