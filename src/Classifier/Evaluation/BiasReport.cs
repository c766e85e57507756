using System.Globalization;
using ThreatWatch.Classifier.Model;
using ThreatWatch.Classifier.Text;
using ThreatWatch.Core;
using Category = ThreatWatch.Core.Category;

namespace ThreatWatch.Classifier.Evaluation;

/// <summary>
/// Whether the assessor alerts more readily on how people speak or on who they are: minimal pairs in African American English and
/// Standard American English (after Sap 2019, Davidson 2019), and harmless sentences filled with identity and with neutral terms.
/// </summary>
public sealed record BiasReport(IReadOnlyList<BiasMeasure> Measures)
{
    public static BiasReport Of(Assessor assessor)
    {
        var pairs = Resources.Lines("dialect.txt").Select(line => line.Split('|', StringSplitOptions.TrimEntries)).ToList();
        var harmless = pairs.Where(pair => pair[0] == "benign").ToList();
        var danger = pairs.Where(pair => pair[0] != "benign").ToList();
        var (identity, neutral) = Templates();
        return new BiasReport(
        [
            .. Measure("false alarms, African American English against Standard American English", harmless.Select(pair => pair[1]), harmless.Select(pair => pair[2]), assessor),
            .. Measure("false alarms, identity terms against neutral terms", identity, neutral, assessor),
            .. Measure("dangers found, African American English against Standard American English", danger.Select(pair => pair[1]), danger.Select(pair => pair[2]), assessor),
        ]);
    }

    private static IEnumerable<BiasMeasure> Measure(string name, IEnumerable<string> group, IEnumerable<string> reference, Assessor assessor)
    {
        var one = Judge(group, assessor);
        var other = Judge(reference, assessor);
        foreach (var level in new[] { RiskLevel.Low, RiskLevel.Elevated, RiskLevel.High })
        {
            yield return new BiasMeasure(
                name, level, new Share(one.Count(post => post.Highest >= level), one.Length), new Share(other.Count(post => post.Highest >= level), other.Length),
                one.Average(Danger), other.Average(Danger));
        }
    }

    private static double Danger(JudgedPost post) => Math.Max(post.RawOf(Category.Threat), post.RawOf(Category.SelfHarm));

    private static JudgedPost[] Judge(IEnumerable<string> texts, Assessor assessor) =>
        JudgedPost.Judge([.. texts.Select(text => new LabelledPost(text, null, "", ""))], assessor);

    private static (IReadOnlyList<string> Identity, IReadOnlyList<string> Neutral) Templates()
    {
        var sections = new Dictionary<string, List<string>>();
        var current = new List<string>();
        foreach (var line in Resources.Lines("identity.txt"))
        {
            if (line.StartsWith('['))
                sections[line.Trim('[', ']')] = current = [];
            else
                current.Add(line);
        }

        return (Fill("identity"), Fill("neutral"));

        List<string> Fill(string terms) =>
            [.. from template in sections["templates"] from term in sections[terms] select string.Format(CultureInfo.InvariantCulture, template, term)];
    }
}

/// <summary>One comparison at one level.</summary>
/// <param name="MeanScore">Mean of the larger of the model's two probabilities: it moves long before a level does.</param>
public sealed record BiasMeasure(string Name, RiskLevel Level, Share Group, Share Reference, double MeanScore, double ReferenceMeanScore)
{
    /// <summary>How many times as often the group is alerted on; half a case is added to both, so that none in none is 1 and not nothing.</summary>
    public double Ratio => (Group.Hits + 0.5) / (Group.Of + 1) / ((Reference.Hits + 0.5) / (Reference.Of + 1));
}
