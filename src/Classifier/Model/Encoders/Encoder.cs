using ThreatWatch.Classifier.Model.Algebra;
using static ThreatWatch.Classifier.Model.Encoders.EncoderShape;

namespace ThreatWatch.Classifier.Model.Encoders;

/// <summary>A tuned encoder with its vocabulary, ready to read posts; thread-safe, each thread reads with a scorer of its own.</summary>
internal sealed class Encoder(WordPieces pieces, EncoderParameters parameters, IReadOnlyList<SteppedMatrix> matrices)
{
    public Encoder(WordPieces pieces, EncoderParameters parameters)
        : this(pieces, parameters, [.. parameters.Matrices.Select(matrix => SteppedMatrix.Of(matrix.Values, matrix.Values.Length / matrix.Columns, matrix.Columns))])
    {
    }

    public WordPieces Pieces { get; } = pieces;

    /// <summary>The tables and vectors; the layers' matrices are empty in an encoder that was read from a file, which has them in steps alone.</summary>
    public EncoderParameters Parameters { get; } = parameters;

    public IReadOnlyList<SteppedMatrix> Matrices { get; } = matrices;

    public EncoderWeights Weights { get; } = EncoderWeights.Stepped(parameters, matrices);

    /// <summary>
    /// The token with which to begin so that the sentence at <paramref name="sentence"/> is read with as much as fits of what is around it:
    /// 0 for a post that fits whole.
    /// </summary>
    public static int Begin(WordPieces pieces, FeatureReader reader, int sentence)
    {
        var tokens = reader.Text.Tokens;
        const int room = Longest - 2;
        var total = 0;
        for (var i = 0; i < tokens.Length && total <= room; i++)
            total += pieces.CountOf(reader.Text, tokens[i]);
        if (total <= room)
            return 0;
        var begin = 0;
        while (begin < tokens.Length && tokens[begin].Sentence < sentence)
            begin++;
        var own = 0;
        for (var i = begin; i < tokens.Length && tokens[i].Sentence == sentence && own < room; i++)
            own += pieces.CountOf(reader.Text, tokens[i]);
        // Two thirds of what is left go to what comes before, which says who speaks and why.
        for (var left = (room - own) * 2 / 3; begin > 0; begin--)
        {
            left -= pieces.CountOf(reader.Text, tokens[begin - 1]);
            if (left < 0)
                break;
        }

        return begin;
    }
}

/// <summary>Asks an encoder about one post at a time. One object is reused; not thread-safe.</summary>
internal sealed class EncoderScorer(Encoder encoder)
{
    private readonly EncoderPass _pass = new(encoder.Weights, Longest);
    private readonly int[] _pieces = new int[Longest];
    private readonly ulong[] _kinds = new ulong[Longest];
    private readonly float[] _logits = new float[Outputs];
    private readonly PieceRow[] _post = new PieceRow[1];

    /// <summary>
    /// The logits for a post, of a long one for the part around <paramref name="sentence"/>; null when at one of the exits both logits, each
    /// with what the cheap opinions say, are below the gate there: the post is nothing.
    /// </summary>
    public (float Threat, float SelfHarm)? Score(FeatureReader reader, int sentence, double threat, double selfHarm, ReadOnlySpan<float> gates)
    {
        var count = encoder.Pieces.Read(reader, Encoder.Begin(encoder.Pieces, reader, sentence), _pieces, _kinds);
        _post[0] = new PieceRow(_pieces.AsMemory(0, count), _kinds.AsMemory(0, count));
        _pass.Begin(_post);
        for (var layer = 0; layer < EncoderShape.Layers; layer++)
        {
            _pass.Pass(layer);
            if (EncoderPass.OutputsAfter(layer) is not { } exit)
                continue;
            _pass.Pool(exit, 0, _logits);
            if (exit < gates.Length && threat + _logits[0] < gates[exit] && selfHarm + _logits[1] < gates[exit])
                return null;
        }

        return (_logits[0], _logits[1]);
    }
}
