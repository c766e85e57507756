using ThreatWatch.Classifier.Model.Networks;
using ThreatWatch.Classifier.Text;

namespace ThreatWatch.Classifier.Model;

/// <summary>The opinions on one post for one category, as logits, before they are blended into a probability.</summary>
internal readonly record struct Evidence(float Post, float Sentence, float Network);

/// <summary>Sums the linear model over a post and over each of its sentences in one pass. One object is reused; not thread-safe.</summary>
internal sealed class LinearScorer(LinearWeights weights)
{
    private readonly long[] _sums = new long[(PlainText.TokenLimit + 1) * Stride];

    private const int Stride = FeatureReader.Groups * 3;

    /// <summary>The post's logits and the largest of its sentences', for threat and self-harm.</summary>
    public (Evidence Threat, Evidence SelfHarm) Score(FeatureReader reader)
    {
        var sentences = Math.Max(1, reader.Text.Sentences);
        var sums = _sums.AsSpan(0, (sentences + 1) * Stride);
        sums.Clear();
        foreach (ref readonly var feature in reader.Features)
        {
            var (threat, selfHarm) = weights.Raw(feature.Bucket);
            var slot = (feature.Sentence * Stride) + ((int)feature.Group * 3);
            sums[slot]++;
            sums[slot + 1] += threat;
            sums[slot + 2] += selfHarm;
        }

        var whole = sums.Slice(sentences * Stride, Stride);
        float bestThreat = float.MinValue, bestSelfHarm = float.MinValue;
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
            bestThreat = Math.Max(bestThreat, Logit(own, Category.Threat));
            bestSelfHarm = Math.Max(bestSelfHarm, Logit(own, Category.SelfHarm));
            if (s > 0)
                own[((int)FeatureGroup.Whole * 3)..].Clear();
        }

        float postThreat = Logit(whole, Category.Threat), postSelfHarm = Logit(whole, Category.SelfHarm);
        return (new Evidence(postThreat, Math.Max(postThreat, bestThreat), 0), new Evidence(postSelfHarm, Math.Max(postSelfHarm, bestSelfHarm), 0));
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

/// <summary>Collects all opinions on a post. The networks are only asked where the linear models see anything at all: most posts are nothing.</summary>
internal sealed class Panel(LinearWeights weights, Committee committee)
{
    /// <summary>Below this logit of the linear models the networks are not asked, and are taken to say the same.</summary>
    public const float Gate = -7f;

    private readonly LinearScorer _linear = new(weights);
    private readonly CommitteeScorer _committee = new(committee);

    public (Evidence Threat, Evidence SelfHarm) Judge(FeatureReader reader)
    {
        var (threat, selfHarm) = _linear.Score(reader);
        if (committee.Members.Count == 0 || (threat.Sentence < Gate && selfHarm.Sentence < Gate))
            return (threat with { Network = Gate }, selfHarm with { Network = Gate });
        var (t, s) = _committee.Score(reader);
        return (threat with { Network = MathF.Max(t, Gate) }, selfHarm with { Network = MathF.Max(s, Gate) });
    }
}
