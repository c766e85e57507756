using ThreatWatch.Classifier.Model.Encoders;
using ThreatWatch.Classifier.Model.Networks;
using ThreatWatch.Classifier.Text;

namespace ThreatWatch.Classifier.Model;

/// <summary>The opinions on one post for one category, as logits, before they are blended into a probability.</summary>
internal readonly record struct Evidence(float Post, float Sentence, float Network, float Encoder);

/// <summary>Sums the linear model over a post and over each of its sentences in one pass. One object is reused; not thread-safe.</summary>
internal sealed class LinearScorer(LinearWeights weights)
{
    private readonly long[] _sums = new long[(PlainText.TokenLimit + 1) * Stride];

    private const int Stride = FeatureReader.Groups * 3;

    /// <summary>After <see cref="Score"/>: the sentence that speaks most for either category.</summary>
    public int Telling { get; private set; }

    /// <summary>The post's logits and the largest of its sentences', for threat and self-harm.</summary>
    public (Evidence Threat, Evidence SelfHarm) Score(FeatureReader reader)
    {
        var sentences = Math.Max(1, reader.Text.Sentences);
        var sums = _sums.AsSpan(0, (sentences + 1) * Stride);
        sums.Clear();
        foreach (ref readonly var feature in reader.Features)
        {
            var (rawThreat, rawSelfHarm) = weights.Raw(feature.Bucket);
            var slot = (feature.Sentence * Stride) + ((int)feature.Group * 3);
            sums[slot]++;
            sums[slot + 1] += rawThreat;
            sums[slot + 2] += rawSelfHarm;
        }

        var whole = sums.Slice(sentences * Stride, Stride);
        float bestThreat = float.MinValue, bestSelfHarm = float.MinValue;
        Telling = 0;
        var general = sums.Slice((int)FeatureGroup.Whole * 3, 3);
        for (var s = 0; s < sentences; s++)
        {
            var own = sums.Slice(s * Stride, Stride);
            for (var i = 0; i < Stride; i++)
                whole[i] += own[i];
            if (own[0] == 0)
                continue;
            if (s > 0)
                general.CopyTo(own[((int)FeatureGroup.Whole * 3)..]);
            var (threat, selfHarm) = (Logit(own, Category.Threat), Logit(own, Category.SelfHarm));
            if (Math.Max(threat, selfHarm) > Math.Max(bestThreat, bestSelfHarm))
                Telling = s;
            (bestThreat, bestSelfHarm) = (Math.Max(bestThreat, threat), Math.Max(bestSelfHarm, selfHarm));
            if (s > 0)
                own[((int)FeatureGroup.Whole * 3)..].Clear();
        }

        float postThreat = Logit(whole, Category.Threat), postSelfHarm = Logit(whole, Category.SelfHarm);
        return (new Evidence(postThreat, Math.Max(postThreat, bestThreat), 0, 0), new Evidence(postSelfHarm, Math.Max(postSelfHarm, bestSelfHarm), 0, 0));
    }

    private float Logit(ReadOnlySpan<long> sums, Category category)
    {
        var logit = weights.Bias(category);
        for (var group = 0; group < FeatureReader.Groups; group++)
        {
            var count = sums[group * 3];
            if (count > 0)
                logit += sums[(group * 3) + 1 + (int)category] * weights.Scale(category) / MathF.Sqrt(count);
        }

        return logit;
    }
}

/// <summary>
/// Collects all opinions on a post, the cheap ones first: most posts are nothing, and the networks and the encoder are only asked where
/// those before them see anything at all.
/// </summary>
internal sealed class Panel(LinearWeights weights, Committee committee, Encoder? encoder)
{
    /// <summary>Below this logit of the linear models the networks are not asked, and are taken to say the same.</summary>
    public const float Gate = -7f;

    /// <summary>Below this sum of the opinions so far the encoder is not asked, and is taken to say <see cref="Unasked"/>.</summary>
    private const float EncoderGate = -5.5f;

    private const float Unasked = -7f;

    /// <summary>
    /// Below these sums of the cheap opinions and what the encoder says after its first, second and third layer it stops reading, and is
    /// taken to say <see cref="Unasked"/>.
    /// </summary>
    private static readonly float[] ExitGates = [-7.5f, -6.8f, -5.5f];

    private readonly LinearScorer _linear = new(weights);
    private readonly CommitteeScorer _committee = new(committee);
    private readonly EncoderScorer? _encoder = encoder is null ? null : new EncoderScorer(encoder);

    public (Evidence Threat, Evidence SelfHarm) Judge(FeatureReader reader)
    {
        var (threat, selfHarm) = JudgeCheaply(reader);
        if (_encoder is null)
            return (threat, selfHarm);
        var (cheapThreat, cheapSelfHarm) = (Blend.Cheap(threat), Blend.Cheap(selfHarm));
        if ((cheapThreat < EncoderGate && cheapSelfHarm < EncoderGate)
            || _encoder.Score(reader, _linear.Telling, cheapThreat, cheapSelfHarm, ExitGates) is not var (t, s))
        {
            return (threat with { Encoder = Unasked }, selfHarm with { Encoder = Unasked });
        }

        return (threat with { Encoder = MathF.Max(t, Unasked) }, selfHarm with { Encoder = MathF.Max(s, Unasked) });
    }

    /// <summary>All opinions but the encoder's, which costs more than the others together.</summary>
    public (Evidence Threat, Evidence SelfHarm) JudgeCheaply(FeatureReader reader)
    {
        var (threat, selfHarm) = _linear.Score(reader);
        if (committee.Members.Count == 0 || (threat.Sentence < Gate && selfHarm.Sentence < Gate))
            return (threat with { Network = Gate }, selfHarm with { Network = Gate });
        var (t, s) = _committee.Score(reader, _linear.Telling);
        return (threat with { Network = MathF.Max(t, Gate) }, selfHarm with { Network = MathF.Max(s, Gate) });
    }
}
