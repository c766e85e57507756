using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using ThreatWatch.Classifier.Text;

namespace ThreatWatch.Classifier.Rules;

/// <summary>The district's keywords, compiled: says which of them a post holds. Immutable and thread-safe; an edit makes a new one.</summary>
public sealed class Ruleset
{
    // A hostile post may repeat a word a thousand times; so many of its places are looked at.
    private const int MostPlaces = 200;
    private readonly TermIndex _index;
    private readonly Rule[] _rules;
    private readonly int[][] _rulesOfPattern;
    private readonly ConcurrentBag<Desk> _desks = [];

    private Ruleset(TermIndex index, Rule[] rules, int[][] rulesOfPattern) => (_index, _rules, _rulesOfPattern) = (index, rules, rulesOfPattern);

    public static Ruleset Empty { get; } = Compile([]);

    public int Count => _rules.Length;

    public static Ruleset Compile(IReadOnlyList<KeywordList> lists)
    {
        var ids = new Dictionary<(string Term, bool WholeWord), int>();
        var patterns = new List<TermPattern>();
        var rules = new List<Rule>();
        foreach (var list in lists)
        {
            foreach (var keyword in list.Keywords)
            {
                rules.Add(new Rule(
                    list,
                    keyword,
                    keyword.Weight ?? list.Weight,
                    IdOf(keyword.Term, keyword.WholeWord),
                    [.. keyword.Near.Select(term => IdOf(term, true))],
                    [.. keyword.UnlessNear.Select(term => IdOf(term, true))]));
            }
        }

        var ofPattern = patterns.Select(_ => new List<int>()).ToList();
        for (var i = 0; i < rules.Count; i++)
            ofPattern[rules[i].Pattern].Add(i);
        return new Ruleset(new TermIndex(patterns), [.. rules], [.. ofPattern.Select(list => list.ToArray())]);

        int IdOf(string term, bool wholeWord)
        {
            if (!ids.TryGetValue((term, wholeWord), out var id))
            {
                ids[(term, wholeWord)] = id = patterns.Count;
                patterns.Add(TermPattern.Parse(term, wholeWord));
            }

            return id;
        }
    }

    /// <summary>The keywords that count in a text, the heaviest first.</summary>
    /// <param name="language">As told by the classifier: "en", "es" or "other".</param>
    public IReadOnlyList<RuleHit> Match(string text, string language)
    {
        if (_rules.Length == 0)
            return [];
        if (!_desks.TryTake(out var desk))
            desk = new Desk();
        desk.Text.Read(text);
        var hits = Match(desk, desk.Text, language);
        _desks.Add(desk);
        return hits;
    }

    /// <summary>The same for a text that was made plain already.</summary>
    internal IReadOnlyList<RuleHit> Match(PlainText text, string language)
    {
        if (_rules.Length == 0)
            return [];
        if (!_desks.TryTake(out var desk))
            desk = new Desk();
        var hits = Match(desk, text, language);
        _desks.Add(desk);
        return hits;
    }

    private List<RuleHit> Match(Desk desk, PlainText text, string language)
    {
        desk.Words.Read(text);
        desk.Found.Clear();
        _index.Find(text, desk.Words, desk.Found);
        return desk.Found.Count == 0 ? [] : Judge(desk, text.Original, language);
    }

    private List<RuleHit> Judge(Desk desk, string text, string language)
    {
        var places = new Dictionary<int, List<TermHit>>();
        foreach (var hit in desk.Found)
        {
            if (!places.TryGetValue(hit.Pattern, out var list))
                places[hit.Pattern] = list = [];
            list.Add(hit);
        }

        var hits = new List<RuleHit>();
        foreach (var (pattern, list) in places)
        {
            foreach (var id in _rulesOfPattern[pattern])
            {
                var rule = _rules[id];
                if (!rule.Speaks(language) || rule.FindPlace(list, places) is not { } place)
                    continue;
                var first = desk.Words.All[place.First];
                var last = desk.Words.All[place.Last];
                var length = Math.Clamp(last.Start + last.Length - first.Start, 0, text.Length - first.Start);
                hits.Add(new RuleHit(rule.List.Category, rule.List.Name, rule.Keyword.Term, rule.Weight, rule.Keyword.AtLeast, first.Start, length));
            }
        }

        hits.Sort(static (a, b) => Math.Abs(b.Weight) != Math.Abs(a.Weight) ? Math.Abs(b.Weight).CompareTo(Math.Abs(a.Weight)) : a.Start.CompareTo(b.Start));
        return hits;
    }

    private sealed record Rule(KeywordList List, Keyword Keyword, double Weight, int Pattern, int[] Near, int[] UnlessNear)
    {
        public bool Speaks(string language) => List.Language == "any" || List.Language == language || language == "other";

        /// <summary>The first place at which the conditions hold; null where there is none.</summary>
        public TermHit? FindPlace(List<TermHit> own, Dictionary<int, List<TermHit>> places)
        {
            var near = Array.FindAll(Near, places.ContainsKey);
            if (Near.Length > 0 && near.Length == 0)
                return null;
            var unlessNear = Array.FindAll(UnlessNear, places.ContainsKey);
            // Places of a term are in the order of the text, so that each list of others is walked through once for all of them.
            Span<int> nearAt = near.Length <= 64 ? stackalloc int[near.Length] : new int[near.Length];
            Span<int> unlessAt = unlessNear.Length <= 64 ? stackalloc int[unlessNear.Length] : new int[unlessNear.Length];
            foreach (var hit in CollectionsMarshal.AsSpan(own)[..Math.Min(own.Count, MostPlaces)])
            {
                if ((Near.Length == 0 || IsNear(hit, near, nearAt, places)) && (unlessNear.Length == 0 || !IsNear(hit, unlessNear, unlessAt, places)))
                    return hit;
            }

            return null;
        }

        private bool IsNear(TermHit hit, int[] patterns, Span<int> at, Dictionary<int, List<TermHit>> places)
        {
            for (var p = 0; p < patterns.Length; p++)
            {
                var others = CollectionsMarshal.AsSpan(places[patterns[p]]);
                while (at[p] < others.Length && others[at[p]].First < hit.First)
                    at[p]++;
                // All places of one term are equally long: the nearest is a neighbour of where we stand.
                for (var i = Math.Max(0, at[p] - 1); i < others.Length && i <= at[p] + 1; i++)
                {
                    var gap = others[i].First > hit.Last ? others[i].First - hit.Last : hit.First - others[i].Last;
                    if (gap <= Keyword.Within && others[i] != hit)
                        return true;
                }
            }

            return false;
        }
    }

    private sealed class Desk
    {
        public PlainText Text { get; } = new();

        public Words Words { get; } = new();

        public List<TermHit> Found { get; } = [];
    }
}
