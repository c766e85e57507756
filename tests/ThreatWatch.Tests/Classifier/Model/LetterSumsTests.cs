using ThreatWatch.Classifier.Model;

namespace ThreatWatch.Tests.Classifier.Model;

public sealed class LetterSumsTests
{
    private static readonly LinearWeights Weights = LinearWeights.From([(Numbers(1), 0.5f), (Numbers(2), -0.5f)]);

    [Fact]
    public void A_word_is_summed_as_its_features_one_by_one_when_it_comes_again_too()
    {
        // One reader for all: words push each other out, and come again.
        var (reader, sums) = (new FeatureReader(Weights), new LetterSums(Weights));
        foreach (var text in new[] { "shoot the schooooool up", "a b c", "donaudampfschifffahrtsgesellschaft at noon", "shoot the schooooool up", string.Join(' ', Enumerable.Range(0, 900).Select(i => $"w{i}rd")) })
        {
            reader.Read(text);
            var all = reader.AllFeatures().Where(feature => feature.Group == FeatureGroup.Letters).ToLookup(feature => (int)feature.First);
            Assert.NotEmpty(all);
            for (var i = 0; i < reader.Text.Count; i++)
            {
                if (!all.Contains(i))
                    continue;
                var sum = sums.Of(reader, reader.Text.Tokens[i]);
                Assert.Equal(all[i].Count(), sum.Count);
                Assert.Equal(all[i].Sum(feature => Weights.Raw(feature.Bucket).Threat), sum.Threat);
                Assert.Equal(all[i].Sum(feature => Weights.Raw(feature.Bucket).SelfHarm), sum.SelfHarm);
            }
        }
    }

    private static float[] Numbers(int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, FeatureReader.Buckets).Select(_ => random.NextSingle() - 0.5f)];
    }
}
