using ThreatWatch.Core;
using ThreatWatch.Platform.Hosting;

namespace ThreatWatch.Classifier.Rules;

/// <summary>Says what is wrong with lists of keywords: each problem with its place, so that one look mends them all.</summary>
internal static class KeywordValidator
{
    private const int MostWords = 12;
    private const int MostLetters = 100;
    private const int FewestLetters = 3;
    private const double Heaviest = 8;

    public static void Validate(IReadOnlyList<KeywordList> lists, District district, Problems problems)
    {
        var linter = new KeywordLinter(district);
        var names = new HashSet<string>();
        for (var i = 0; i < lists.Count; i++)
        {
            var list = lists[i];
            var at = problems.At("", i);
            if (string.IsNullOrWhiteSpace(list.Name))
                at.Add("name", "is needed: officers read it as the reason of an alert");
            else if (!names.Add(list.Name))
                at.Add("name", $"\"{list.Name}\" is the name of an earlier list");
            if (list.Language is not ("en" or "es" or "any"))
                at.Add("language", $"must be \"en\", \"es\" or \"any\", not \"{list.Language}\"");
            CheckWeight(list.Weight, at);
            var terms = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
            for (var k = 0; k < list.Keywords.Count; k++)
                Check(list.Keywords[k], k, terms, linter, at.At("keywords", k));
        }
    }

    private static void Check(Keyword keyword, int index, Dictionary<string, int> terms, KeywordLinter linter, Problems at)
    {
        if (CheckTerm(keyword.Term, "term", keyword.WholeWord, at))
        {
            Refuse(linter.Refuse(keyword.Term), "term", at);
            var key = $"{keyword.Term.Trim()}|{string.Join('|', keyword.Near)}|{string.Join('|', keyword.UnlessNear)}|{keyword.WholeWord}";
            if (!terms.TryAdd(key, index))
                at.Add("term", $"\"{keyword.Term}\" stands already at keywords[{terms[key]}]");
        }

        foreach (var (list, name) in new[] { (keyword.Near, "near"), (keyword.UnlessNear, "unlessNear") })
        {
            for (var i = 0; i < list.Count; i++)
            {
                if (CheckTerm(list[i], $"{name}[{i}]", true, at))
                    Refuse(linter.Refuse(list[i]), $"{name}[{i}]", at);
            }
        }

        if (keyword.Weight is { } weight)
            CheckWeight(weight, at);
        if (keyword.Within is < 1 or > 100)
            at.Add("within", "must be 1 to 100 words");
        if (keyword.AtLeast is RiskLevel.None)
            at.Add("atLeast", "must be \"low\", \"elevated\", \"high\" or \"critical\"; leave it out for no such rule");
        if (keyword.AtLeast is not null && keyword.Weight < 0)
            at.Add("atLeast", "contradicts a weight below zero");
    }

    private static bool CheckTerm(string term, string key, bool wholeWord, Problems at)
    {
        if (string.IsNullOrWhiteSpace(term))
            at.Add(key, "is needed: a word or a phrase");
        else if (term.Length > MostLetters)
            at.Add(key, $"is longer than {MostLetters} characters");
        else
            return CheckParts(TermPattern.Parse(term, wholeWord), term, key, at);
        return false;
    }

    private static bool CheckParts(TermPattern pattern, string term, string key, Problems at)
    {
        if (pattern.Parts.Count is 0 or > MostWords)
            at.Add(key, pattern.Parts.Count == 0 ? $"\"{term}\" holds no word" : $"has more than {MostWords} words");
        else if (pattern.Parts.Any(part => part.Glob is not null && part.Anchor().Letters.Length < FewestLetters))
            at.Add(key, $"\"{term}\" needs at least {FewestLetters} letters in a row beside a * (or where \"wholeWord\" is false): it would match nearly everything");
        else
            return true;
        return false;
    }

    private static void CheckWeight(double weight, Problems at)
    {
        if (!(Math.Abs(weight) <= Heaviest))
            at.Add("weight", $"must be {-Heaviest} to {Heaviest} (log-odds)");
    }

    private static void Refuse(string? why, string key, Problems at)
    {
        if (why is not null)
            at.Add(key, why);
    }
}
