using System.Runtime.InteropServices;

namespace ThreatWatch.Classifier.Model;

/// <summary>
/// Why a post has its score. For a post of no interest: the linear score split exactly among its tokens, a feature's weight in equal
/// parts to the tokens that made it. For one that matters: how far the logit of all opinions falls when a word is left out, which is
/// faithful by construction.
/// </summary>
internal static class Explanation
{
    /// <summary>From this probability on, words are left out one by one.</summary>
    private const double Matters = 0.1;

    /// <summary>At most so many words are tried: the most telling ones of the linear score. Keeps a long post within its time.</summary>
    private const int Tried = 24;

    /// <summary>So many of them, those that tell most to the cheap opinions, are tried on the encoder too.</summary>
    private const int TriedOnAll = 6;

    /// <summary>Of a post of more tokens no words are left out: each would cost a scoring of it all.</summary>
    private const int LongestTried = 120;

    /// <param name="thorough">Whether the encoder is asked again too. Without it, its opinion is taken to stay, which costs a tenth.</param>
    public static List<Contribution> Of(string text, FeatureReader reader, Panel panel, ModelFile model, Category category, bool thorough)
    {
        reader.Read(text);
        var contributions = Split(reader, model, category);
        var blend = model.Blend(category);
        var all = Of(category, thorough ? panel.Judge(reader) : panel.JudgeCheaply(reader));
        var logit = blend.Logit(all);
        if (contributions.Count <= LongestTried && (!thorough || 1 / (1 + Math.Exp(-logit)) >= Matters))
        {
            contributions = [.. contributions.Take(Tried).Select(word =>
            {
                reader.Read(text.Remove(word.Start, word.Length));
                var without = Of(category, panel.JudgeCheaply(reader)) with { Encoder = all.Encoder };
                return word with { Weight = logit - blend.Logit(without) };
            })];
            Sort(contributions);
            foreach (ref var word in CollectionsMarshal.AsSpan(contributions)[..Math.Min(thorough ? TriedOnAll : 0, contributions.Count)])
            {
                reader.Read(text.Remove(word.Start, word.Length));
                word = word with { Weight = logit - blend.Logit(Of(category, panel.Judge(reader))) };
            }
        }

        Sort(contributions);
        return contributions;
    }

    private static Evidence Of(Category category, (Evidence Threat, Evidence SelfHarm) judged) => category == Category.Threat ? judged.Threat : judged.SelfHarm;

    private static void Sort(List<Contribution> contributions) =>
        contributions.Sort(static (a, b) => a.Weight != b.Weight ? b.Weight.CompareTo(a.Weight) : a.Start.CompareTo(b.Start));

    private static List<Contribution> Split(FeatureReader reader, ModelFile model, Category category)
    {
        Span<int> counts = stackalloc int[FeatureReader.Groups];
        foreach (ref readonly var feature in reader.Features)
            counts[(int)feature.Group]++;
        var weights = new double[reader.Text.Count];
        foreach (ref readonly var feature in reader.Features)
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
