namespace ThreatWatch.Classifier.Model;

/// <summary>Splits the linear score of a post exactly among its tokens: a feature's weight goes in equal parts to the tokens that made it.</summary>
internal static class Explanation
{
    public static List<Contribution> Of(FeatureReader reader, ModelFile model, Category category)
    {
        Span<int> counts = stackalloc int[FeatureReader.Groups];
        foreach (ref readonly var feature in reader.Features)
            counts[(int)feature.Group]++;
        var blend = model.Blend(category);
        var share = blend.Post + blend.Sentence + blend.Network;
        var weights = new double[reader.Text.Count];
        foreach (ref readonly var feature in reader.Features)
        {
            // What holds for the whole post has no place in it.
            if (feature.Group == FeatureGroup.Whole)
                continue;
            var weight = model.Linear.Weight(feature.Bucket, category) / Math.Sqrt(counts[(int)feature.Group]) / (feature.Last - feature.First + 1);
            for (var token = feature.First; token <= feature.Last; token++)
                weights[token] += weight * share;
        }

        var contributions = new List<Contribution>(weights.Length);
        for (var i = 0; i < weights.Length; i++)
        {
            ref readonly var token = ref reader.Text.Tokens[i];
            contributions.Add(new Contribution(reader.Text.Original.Substring(token.Start, token.Length), token.Start, token.Length, weights[i]));
        }

        contributions.Sort(static (a, b) => b.Weight != a.Weight ? b.Weight.CompareTo(a.Weight) : a.Start.CompareTo(b.Start));
        return contributions;
    }
}
