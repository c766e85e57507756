using System.Runtime.InteropServices;

namespace ThreatWatch.Classifier.Model;

/// <summary>
/// Why a post has its score. For a post of no interest: the linear score split exactly among its tokens, a feature's weight in equal
/// parts to the tokens that made it. For one that matters: how far the logit of all opinions falls when a word is left out, which is
/// faithful by construction.
/// </summary>
internal sealed class Explanation(FeatureReader reader, Panel panel, ModelFile model, Category category)
{
    /// <summary>From this probability on, words are left out one by one.</summary>
    private const double Matters = 0.1;

    /// <summary>At most so many words are tried: the most telling ones of the linear score. Keeps a long post within its time.</summary>
    private const int Tried = 16;

    /// <summary>So many of them, those that tell most to the cheap opinions, are tried on the encoder too.</summary>
    private const int TriedOnAll = 4;

    /// <summary>Of a post of more tokens no words are left out: each would cost a scoring of it all.</summary>
    private const int LongestTried = 120;

    /// <param name="text">The post.</param>
    /// <param name="all">What was judged of it.</param>
    /// <param name="thorough">Whether the encoder is asked again too. Without it, its opinion is taken to stay, which costs a tenth.</param>
    public List<Contribution> Of(string text, in Evidence all, bool thorough)
    {
        reader.Read(text);
        var contributions = Split();
        var blend = model.Blend(category);
        var logit = blend.Logit(all);
        if (contributions.Count <= LongestTried && 1 / (1 + Math.Exp(-logit)) >= Matters)
        {
            foreach (ref var word in CollectionsMarshal.AsSpan(contributions)[..Math.Min(Tried, contributions.Count)])
                word = word with { Weight = logit - blend.Logit(Without(text, word, panel.JudgeCheaply) with { Encoder = all.Encoder }) };
            contributions.RemoveRange(Math.Min(Tried, contributions.Count), Math.Max(0, contributions.Count - Tried));
            Sort(contributions);
            foreach (ref var word in CollectionsMarshal.AsSpan(contributions)[..Math.Min(thorough ? TriedOnAll : 0, contributions.Count)])
                word = word with { Weight = logit - blend.Logit(Without(text, word, panel.Judge)) };
        }

        Sort(contributions);
        return contributions;
    }

    private Evidence Without(string text, Contribution word, Func<FeatureReader, (Evidence Threat, Evidence SelfHarm)> judge)
    {
        reader.Read(text.Remove(word.Start, word.Length));
        var (threat, selfHarm) = judge(reader);
        return category == Category.Threat ? threat : selfHarm;
    }

    private static void Sort(List<Contribution> contributions) =>
        contributions.Sort(static (a, b) => a.Weight != b.Weight ? b.Weight.CompareTo(a.Weight) : a.Start.CompareTo(b.Start));

    private List<Contribution> Split()
    {
        var features = reader.AllFeatures();
        Span<int> counts = stackalloc int[FeatureReader.Groups];
        foreach (var feature in features)
            counts[(int)feature.Group]++;
        var weights = new double[reader.Text.Count];
        foreach (var feature in features)
        {
            // What holds for the whole post has no place in it.
            if (feature.Group == FeatureGroup.Whole)
                continue;
            var weight = model.Linear.Weight(feature.Bucket, category) / Math.Sqrt(counts[(int)feature.Group]) / (feature.Last - feature.First + 1);
            for (var token = feature.First; token <= feature.Last; token++)
                weights[token] += weight;
        }

        var contributions = new List<Contribution>(weights.Length);
        for (var i = 0; i < weights.Length; i++)
        {
            ref readonly var token = ref reader.Text.Tokens[i];
            contributions.Add(new Contribution(reader.Text.Original.Substring(token.Start, token.Length), token.Start, token.Length, weights[i]));
        }

        Sort(contributions);
        return contributions;
    }
}
