using System.Globalization;
using ThreatWatch.Classifier.Elements;
using ThreatWatch.Classifier.Model;
using ThreatWatch.Core;
using Category = ThreatWatch.Core.Category;

namespace ThreatWatch.Classifier.Risk;

/// <summary>Turns a verdict into reasons that an officer can check against the post, the weightiest first.</summary>
internal static class Reasoning
{
    private const int MostWords = 6;
    private const int MostElements = 8;
    private const double LeastWeight = 0.05;

    // Elements that an officer asks for; the others (sports, film, report) speak through the model's words.
    private static readonly Dictionary<ElementKind, string> Names = new()
    {
        [ElementKind.Intent] = "intent",
        [ElementKind.Coming] = "intent",
        [ElementKind.Act] = "act",
        [ElementKind.Shoot] = "act",
        [ElementKind.BombAct] = "act",
        [ElementKind.Burn] = "act",
        [ElementKind.Hurt] = "act",
        [ElementKind.SelfHarmAct] = "act",
        [ElementKind.Gun] = "means",
        [ElementKind.Bomb] = "means",
        [ElementKind.Blade] = "means",
        [ElementKind.Weapon] = "means",
        [ElementKind.Warning] = "warning",
        [ElementKind.HitList] = "target",
        [ElementKind.School] = "target",
        [ElementKind.People] = "target",
        [ElementKind.Staff] = "target",
        [ElementKind.Time] = "time",
        [ElementKind.Place] = "place",
        [ElementKind.Farewell] = "farewell",
    };

    public static IReadOnlyList<Reason> Of(string text, Evidence evidence, Verdict verdict, IReadOnlyList<Contribution> words, CategoryThresholds thresholds, Weights weights)
    {
        var reasons = new List<Reason>();
        foreach (var hit in evidence.Hits.Where(hit => hit.Category == verdict.Category || verdict.Level == RiskLevel.None))
            reasons.Add(new Reason(ReasonKind.Rule, $"{text.Substring(hit.Start, hit.Length)} ({hit.List})", hit.Start, hit.Length, Round(hit.Weight * weights.Keywords)));
        foreach (var word in words.Where(word => word.Weight >= LeastWeight && IsTelling(word.Text)).Take(MostWords))
            reasons.Add(new Reason(ReasonKind.Word, word.Text, word.Start, word.Length, Round(word.Weight)));
        if (verdict.Level >= RiskLevel.Low && evidence.IsRead)
            reasons.AddRange(ElementReasons(text, evidence, words));
        reasons.Sort(static (a, b) => Math.Abs(b.Weight).CompareTo(Math.Abs(a.Weight)));
        if (verdict.Level > RiskLevel.None)
            reasons.Insert(0, Score(evidence, verdict, thresholds));
        if (!evidence.IsRead)
            reasons.Add(new Reason(ReasonKind.Note, Unread(evidence), -1, 0, 0));
        return reasons;
    }

    private static Reason Score(Evidence evidence, Verdict verdict, CategoryThresholds thresholds)
    {
        var own = verdict.Category == Category.Threat ? verdict.Threat : verdict.SelfHarm;
        var text = verdict.ByRule
            ? $"a keyword of the district asks for {verdict.Level} at least; probability {Number(verdict.Probability)}"
            : $"probability {Number(verdict.Probability)}, {verdict.Level} from {Number(thresholds.Of(verdict.Level))}";
        if (evidence.IsRead && Math.Abs(own - verdict.Probability) >= 0.005)
            text += $"; the model alone says {Number(own)}";
        if (evidence.IsRead && verdict.Level >= RiskLevel.Elevated)
            text += $"; {verdict.Parts.Describe()}";
        return new Reason(ReasonKind.Score, text, -1, 0, Round(verdict.Probability));
    }

    private static IEnumerable<Reason> ElementReasons(string text, Evidence evidence, IReadOnlyList<Contribution> words)
    {
        var seen = new HashSet<(string, int)>();
        return evidence.Elements
            .Where(element => Names.ContainsKey(element.Kind) && element.Start >= 0 && element.Start + element.Length <= text.Length)
            .Where(element => seen.Add((Names[element.Kind], element.Start)))
            .Select(element => new Reason(
                ReasonKind.Element,
                $"{Names[element.Kind]}: {text.Substring(element.Start, element.Length)}",
                element.Start,
                element.Length,
                Round(words.Where(word => word.Start >= element.Start && word.Start < element.Start + element.Length).Sum(word => word.Weight))))
            .Where(reason => reason.Weight > 0)
            .OrderByDescending(reason => reason.Weight)
            .Take(MostElements);
    }

    // A full stop has its weight in the model, but tells an officer nothing.
    private static bool IsTelling(string word) => word.Any(c => char.IsLetterOrDigit(c) || char.IsSurrogate(c));

    private static string Unread(Evidence evidence) => evidence.Language == "other"
        ? "written in another language than English or Spanish: judged by keywords alone"
        : "no model is loaded: judged by keywords alone";

    private static string Number(double value) => value.ToString(value is > 0.995 or < 0.005 ? "0.0000" : "0.00", CultureInfo.InvariantCulture);

    private static double Round(double value) => Math.Round(value, 4);
}
