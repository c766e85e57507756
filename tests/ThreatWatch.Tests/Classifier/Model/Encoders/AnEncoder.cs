using ThreatWatch.Classifier.Model;
using ThreatWatch.Classifier.Model.Encoders;

namespace ThreatWatch.Tests.Classifier.Model.Encoders;

/// <summary>An encoder of random numbers for a few words, and posts read with it.</summary>
internal static class AnEncoder
{
    public static readonly WordPieces Words = new([.. new[] { "i", "will", "shoot", "up", "the", "school", "hoop", "##s", "##ing", "user", "someone", "gun", "d", "##o", "##g", "!" }.Select(WordPieces.HashOf)]);

    public static EncoderParameters Random(int seed)
    {
        var random = new Random(seed);
        var parameters = new EncoderParameters(Words.Count);
        foreach (var values in parameters.Dense.Prepend(parameters.Pieces))
        {
            for (var i = 0; i < values.Length; i++)
                values[i] = (float)(random.NextDouble() - 0.5) * 0.15f;
        }

        foreach (var scale in parameters.Layers.SelectMany(layer => new[] { layer.OutputScale, layer.DownScale }).Prepend(parameters.Scale))
            Array.Fill(scale, 1);
        return parameters;
    }

    public static PieceRow Read(string text)
    {
        var reader = new FeatureReader();
        reader.Read(text);
        var (pieces, kinds) = (new int[EncoderShape.Longest], new ulong[EncoderShape.Longest]);
        var count = Words.Read(reader, 0, pieces, kinds);
        return new PieceRow(pieces.AsMemory(0, count), kinds.AsMemory(0, count));
    }

    public static float[] Logits(EncoderWeights weights, params PieceRow[] posts)
    {
        var logits = new float[posts.Length * EncoderShape.AllOutputs];
        new EncoderPass(weights, posts.Sum(post => post.Count)).Read(posts, logits);
        return logits;
    }
}
