using ThreatWatch.Core;

namespace ThreatWatch.Ingest.Scoping;

/// <summary>All ways in which the schools of a district are named, compiled into one automaton; made anew when the district changes.</summary>
internal sealed class PhraseBook
{
    private readonly List<List<Meaning>> _meanings = [];
    private readonly Dictionary<string, int> _ids = [];

    public PhraseBook(District district)
    {
        District = district;
        for (var i = 0; i < district.Schools.Count; i++)
        {
            var school = district.Schools[i];
            foreach (var name in school.Aliases.Prepend(school.Name))
                AddName(i, name, MeaningKind.Name);
            foreach (var alias in school.AmbiguousAliases)
                AddName(i, alias, MeaningKind.Ambiguous);
            foreach (var mascot in school.Mascots)
                AddName(i, mascot, MeaningKind.Mascot);
            foreach (var place in school.Places)
                Add(Fold.Words(place), new Meaning(MeaningKind.Place, i, place));
            foreach (var handle in school.Handles)
                AddHandle(i, handle);
        }

        foreach (var word in SchoolLife.Words)
            Add(Fold.Words(word), new Meaning(MeaningKind.SchoolLife, -1, word));
        Automaton = new PhraseAutomaton([.. _ids.Keys]);
    }

    public District District { get; }

    public PhraseAutomaton Automaton { get; }

    /// <summary>What a phrase of <see cref="Automaton"/> may mean; several schools may share it.</summary>
    public IReadOnlyList<Meaning> MeaningsOf(int phrase) => _meanings[phrase];

    private void AddName(int school, string name, MeaningKind kind)
    {
        var meaning = new Meaning(kind, school, name);
        var folded = Fold.Words(name);
        Add(folded, meaning);
        // "St. Mary's" is also written "St Marys".
        if (name.AsSpan().IndexOfAny('\'', '’') >= 0)
            Add(Fold.Words(name.Replace("'", "", StringComparison.Ordinal).Replace("’", "", StringComparison.Ordinal)), meaning);
        // "LHS" is also written "L.H.S.".
        if (name.Length is >= 2 and <= 6 && name.All(char.IsUpper))
            Add(string.Join(Fold.Separator, folded.AsEnumerable()), meaning);
        // "#CedarRidgeHigh".
        if (kind != MeaningKind.Mascot && folded.Contains(Fold.Separator, StringComparison.Ordinal))
            Add(PhraseAutomaton.Mark + folded.Replace(" ", "", StringComparison.Ordinal), meaning);
    }

    private void AddHandle(int school, string handle)
    {
        var meaning = new Meaning(MeaningKind.Handle, school, handle);
        var folded = Fold.Words(handle);
        if (folded.Length == 0)
            return;
        Add(PhraseAutomaton.Mark + folded, meaning);
        Add(PhraseAutomaton.Mark + folded.Replace(" ", "", StringComparison.Ordinal), meaning);
    }

    private void Add(string phrase, Meaning meaning)
    {
        if (phrase.Length == 0)
            return;
        if (!_ids.TryGetValue(phrase, out var id))
        {
            id = _meanings.Count;
            _ids[phrase] = id;
            _meanings.Add([]);
        }

        if (!_meanings[id].Exists(known => known.Kind == meaning.Kind && known.School == meaning.School))
            _meanings[id].Add(meaning);
    }
}

/// <summary>One thing that a phrase may mean.</summary>
/// <param name="School">Index in <see cref="District.Schools"/>; -1 for words of school life.</param>
/// <param name="Shown">As configured.</param>
internal sealed record Meaning(MeaningKind Kind, int School, string Shown);

/// <summary>How strongly a phrase speaks for a school.</summary>
internal enum MeaningKind
{
    Name,
    Handle,
    Ambiguous,
    Mascot,
    Place,
    SchoolLife,
}
