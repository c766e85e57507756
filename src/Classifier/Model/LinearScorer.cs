using ThreatWatch.Classifier.Text;

namespace ThreatWatch.Classifier.Model;

/// <summary>Sums the linear model over a post and over each of its sentences in one pass. One object is reused; not thread-safe.</summary>
internal sealed class LinearScorer(LinearWeights weights)
{
    private readonly LetterSums _letters = new(weights);
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

        foreach (ref readonly var token in reader.Text.Tokens)
        {
            if (token.Kind != TokenKind.Word)
                continue;
            ref readonly var letters = ref _letters.Of(reader, token);
            var slot = (token.Sentence * Stride) + ((int)FeatureGroup.Letters * 3);
            sums[slot] += letters.Count;
            sums[slot + 1] += letters.Threat;
            sums[slot + 2] += letters.SelfHarm;
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
