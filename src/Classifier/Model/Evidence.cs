using ThreatWatch.Classifier.Model.Encoders;
using ThreatWatch.Classifier.Model.Networks;

namespace ThreatWatch.Classifier.Model;

/// <summary>The opinions on one post for one category, as logits, before they are blended into a probability.</summary>
internal readonly record struct Evidence(float Post, float Sentence, float Network, float Encoder);

/// <summary>
/// Collects all opinions on a post, the cheap ones first: most posts are nothing, and the networks and the encoder are only asked where
/// those before them see anything at all.
/// </summary>
internal sealed class Panel(LinearWeights weights, Committee committee, Encoder? encoder)
{
    /// <summary>
    /// How much lower the opinions on self-harm are than those on threats where both are as rare: its words are fewer, and its posts quieter.
    /// </summary>
    private const float SelfHarmBehind = 3.5f;

    /// <summary>
    /// Below these logits of the linear models the networks are not asked, and are taken to say <see cref="NothingSeen"/>. Found as the others
    /// here: where dangers of unseen authors are hardly lost, and hardly an ordinary post passes.
    /// </summary>
    private const float Gate = -5.5f;
    private const float SelfHarmGate = -7.5f;
    private const float NothingSeen = -6f;

    /// <summary>Below this sum of the opinions so far the encoder is not asked, and is taken to say <see cref="Unasked"/>.</summary>
    private const float EncoderGate = -4.4f;

    private const float Unasked = -6f;

    /// <summary>
    /// Below these sums of the cheap opinions and what the encoder says after its first, second and third layer it stops reading, and is
    /// taken to say <see cref="Unasked"/>.
    /// </summary>
    private static readonly float[] ExitGates = [-5.5f, -4.8f, -4.3f];

    private readonly LinearScorer _linear = new(weights);
    private readonly CommitteeScorer _committee = new(committee);
    private readonly EncoderScorer? _encoder = encoder is null ? null : new EncoderScorer(encoder);

    public (Evidence Threat, Evidence SelfHarm) Judge(FeatureReader reader)
    {
        var (threat, selfHarm) = JudgeCheaply(reader);
        if (_encoder is null)
            return (threat, selfHarm);
        var (cheapThreat, cheapSelfHarm) = (Blend.Cheap(threat), Blend.Cheap(selfHarm) + SelfHarmBehind);
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
        if (committee.Members.Count == 0 || (threat.Sentence < Gate && selfHarm.Sentence < SelfHarmGate))
            return (threat with { Network = NothingSeen }, selfHarm with { Network = NothingSeen });
        var (t, s) = _committee.Score(reader, _linear.Telling);
        return (threat with { Network = MathF.Max(t, NothingSeen) }, selfHarm with { Network = MathF.Max(s, NothingSeen) });
    }
}
