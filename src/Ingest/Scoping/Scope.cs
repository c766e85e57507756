using ThreatWatch.Core;
using ThreatWatch.Ingest.Sources;

namespace ThreatWatch.Ingest.Scoping;

/// <summary>
/// Decides for which schools a post is in scope and says why; for none, it must not be stored. One instance for each version of the
/// district; safe for concurrent use.
/// </summary>
public sealed class Scope
{
    // So many words on either side still are "beside" a mascot.
    private const int Near = 10;

    // A post that repeats a name a thousand times must not cost the square of it.
    private const int ManyHits = 400;
    private const int EnoughOfOne = 3;

    [ThreadStatic]
    private static List<Hit>? _hits;

    private readonly PhraseBook _book;

    public Scope(District district) => _book = new PhraseBook(district);

    /// <summary>The schools, each once; empty for a post that is out of scope.</summary>
    public IReadOnlyList<SchoolMatch> Match(PostItem post, SourceOptions source)
    {
        var hits = _hits ??= [];
        hits.Clear();
        var word = 0;
        if (post.Title is not null)
            _book.Automaton.Find(post.Title, hits, ref word);
        // Words of two parts are never one name.
        word += Near;
        _book.Automaton.Find(post.Text, hits, ref word);
        word += Near;
        if (post.Author is { Length: > 0 } author)
        {
            var before = hits.Count;
            _book.Automaton.Find(author[0] == '@' ? author : "@" + author, hits, ref word);
            for (var i = hits.Count - 1; i >= before; i--)
            {
                if (_book.MeaningsOf(hits[i].Phrase).All(meaning => meaning.Kind != MeaningKind.Handle))
                    hits.RemoveAt(i);
            }
        }

        if (source.Schools.Count == 0 && !hits.Exists(Counts))
            return [];
        if (hits.Count > ManyHits)
            hits = [.. hits.GroupBy(hit => hit.Phrase).SelectMany(group => group.Take(EnoughOfOne))];
        return new Resolution(_book, hits, source).Schools();
    }

    private bool Counts(Hit hit)
    {
        foreach (var meaning in _book.MeaningsOf(hit.Phrase))
        {
            if (meaning.Kind <= MeaningKind.Mascot)
                return true;
        }

        return false;
    }

    /// <summary>The step from phrases that were found to schools, for one post.</summary>
    private sealed class Resolution(PhraseBook book, List<Hit> hits, SourceOptions source)
    {
        private readonly Dictionary<int, string> _schools = [];
        private readonly List<(Hit Hit, List<Meaning> Meanings)> _open = [];
        private readonly List<Hit> _names = [];
        private string? _desk;
        private string? _unresolved;

        public List<SchoolMatch> Schools()
        {
            TakeNames();
            TakeMascots();
            foreach (var (hit, meanings) in _open)
                Resolve(hit, meanings);
            TakeBinding();
            var matches = _schools.Select(pair => new SchoolMatch(book.District.Schools[pair.Key].Id, pair.Value)).ToList();
            // A name that stays open may be the one that is meant, whichever other schools are named beside it.
            if (_unresolved is not null || (matches.Count == 0 && _desk is not null))
                matches.Add(new SchoolMatch(District.DeskSchoolId, _unresolved ?? _desk!));
            return matches;
        }

        // Names and handles count by themselves, unless two schools share one or it is part of a longer name: "Lincoln High" in "Lincoln High North".
        private void TakeNames()
        {
            var direct = hits.Where(hit => book.MeaningsOf(hit.Phrase).Any(IsDirect)).ToList();
            _names.AddRange(direct.Where(hit => !direct.Exists(other => Covers(other, hit) && (other.Last - other.First) > (hit.Last - hit.First))));
            foreach (var hit in _names)
            {
                var meanings = book.MeaningsOf(hit.Phrase).Where(IsDirect).ToList();
                if (meanings.DistinctBy(meaning => meaning.School).Count() > 1)
                    _open.Add((hit, meanings));
                else
                    _schools.TryAdd(meanings[0].School, $"names \"{meanings[0].Shown}\"");
            }

            foreach (var hit in hits.Where(hit => !_names.Exists(name => Covers(name, hit))))
            {
                var meanings = book.MeaningsOf(hit.Phrase).Where(meaning => meaning.Kind == MeaningKind.Ambiguous).ToList();
                if (meanings.Count > 0)
                    _open.Add((hit, meanings));
            }
        }

        private void TakeMascots()
        {
            foreach (var hit in hits)
            {
                var meanings = book.MeaningsOf(hit.Phrase).Where(meaning => meaning.Kind == MeaningKind.Mascot).ToList();
                if (meanings.Count == 0 || _names.Exists(name => Covers(name, hit)))
                    continue;
                if (!hits.Exists(other => IsContext(other) && Math.Abs(other.First - hit.First) <= Near && !Covers(hit, other)))
                    continue;
                if (meanings.Count > 1)
                    _open.Add((hit, meanings));
                else
                    _schools.TryAdd(meanings[0].School, $"names \"{meanings[0].Shown}\" beside a word of school life");
            }
        }

        // Source, then place, then neighbours; what stays open goes to the desk and is never dropped.
        private void Resolve(Hit hit, List<Meaning> candidates)
        {
            if (candidates.Exists(candidate => _schools.ContainsKey(candidate.School)))
                return;
            var shown = candidates[0].Shown;
            var own = candidates.Where(candidate => source.Schools.Contains(book.District.Schools[candidate.School].Id)).ToList();
            if (own.Count > 0)
            {
                Take(own, $"names \"{shown}\", and the source is bound to the school");
                return;
            }

            var near = candidates.Where(candidate => hits.Exists(other => IsPlaceOf(other, candidate.School) && !Covers(hit, other))).ToList();
            if (near.Count == 1)
            {
                Take(near, $"names \"{shown}\" and its place");
                return;
            }

            if (candidates.Count == 1 && source.Schools.Contains(SourceOptions.EverySchool))
            {
                Take(candidates, $"names \"{shown}\", and the source is the district's own");
                return;
            }

            if (candidates.Count == 1 && _names.Count > 0)
            {
                Take(candidates, $"names \"{shown}\" beside another school of the district");
                return;
            }

            var why = $"names \"{shown}\", which may be another school";
            if (candidates[0].Kind == MeaningKind.Mascot)
                _desk ??= why;
            else
                _unresolved ??= why;
        }

        // A source's own schools count unless the post itself says which of them it means.
        private void TakeBinding()
        {
            if (source.Schools.Count == 0)
                return;
            if (source.Schools.Contains(SourceOptions.EverySchool))
            {
                _desk ??= "the source is bound to all schools and the post names none";
                return;
            }

            var own = Enumerable.Range(0, book.District.Schools.Count).Where(index => source.Schools.Contains(book.District.Schools[index].Id)).ToList();
            if (own.Exists(_schools.ContainsKey))
                return;
            foreach (var index in own)
                _schools.TryAdd(index, "the source is bound to the school");
        }

        private void Take(List<Meaning> meanings, string why)
        {
            foreach (var meaning in meanings)
                _schools.TryAdd(meaning.School, why);
        }

        private bool IsContext(Hit hit) => book.MeaningsOf(hit.Phrase).Any(meaning => meaning.Kind is MeaningKind.SchoolLife or MeaningKind.Place);

        private bool IsPlaceOf(Hit hit, int school) =>
            book.MeaningsOf(hit.Phrase).Any(meaning => meaning.Kind == MeaningKind.Place && meaning.School == school)
            && !_names.Exists(name => Covers(name, hit));

        private static bool IsDirect(Meaning meaning) => meaning.Kind is MeaningKind.Name or MeaningKind.Handle;

        private static bool Covers(Hit outer, Hit inner) => outer.First <= inner.First && outer.Last >= inner.Last;
    }
}
