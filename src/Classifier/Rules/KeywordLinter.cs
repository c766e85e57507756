using System.Text;
using System.Text.RegularExpressions;
using ThreatWatch.Classifier.Text;
using ThreatWatch.Core;

namespace ThreatWatch.Classifier.Rules;

/// <summary>
/// Refuses keywords that would turn a safety net into surveillance of people: private persons, and what people are, believe or stand up
/// for. The Brennan Center and the ACLU found such words in the lists of products sold to schools and police.
/// </summary>
internal sealed partial class KeywordLinter
{
    private static readonly Dictionary<string, string> Why = new()
    {
        ["identity"] = "says who people are, not what they threaten; posts by and about them would be watched. Write the violent words alone",
        ["religion"] = "says what people believe; a threat against a place of worship is found by its violent words. Write those alone",
        ["protest"] = "is protected speech and assembly (First Amendment), not a threat. Leave it out",
        ["union"] = "is about work and unions, protected by labour law, and no threat. Leave it out",
        ["name"] = "is the name of a private person; the product alerts on language and follows nobody. Leave it out",
    };

    private static readonly List<(string Kind, string[] Words, bool Whole)> Refused = Load();

    // Which refused phrases begin with a word: the linter stays quick for ten thousand keywords.
    private static readonly ILookup<string, (string Kind, string[] Words, bool Whole)> ByFirst = Refused.ToLookup(entry => entry.Words[0]);

    private readonly HashSet<string> _own;

    public KeywordLinter(District district) =>
        _own = [.. district.Schools.SelectMany(school => new[] { school.Name }
            .Concat(school.Aliases).Concat(school.AmbiguousAliases).Concat(school.Mascots).Concat(school.Handles).Concat(school.Places))
            .Append(district.Name).SelectMany(name => Split(name))];

    /// <summary>Why a term is refused, or null.</summary>
    public string? Refuse(string term)
    {
        if (Handle().Matches(term).FirstOrDefault(match => !Split(match.Value).All(_own.Contains)) is { } handle)
            return $"\"{handle.Value}\" is somebody's handle or address; the product alerts on language and follows nobody. Leave it out";
        if (term.Count(char.IsAsciiDigit) >= 7)
            return $"\"{term}\" looks like somebody's telephone number. Leave it out";
        var words = Split(term).ToArray();
        for (var i = 0; i < words.Length; i++)
        {
            foreach (var entry in ByFirst[words[i]])
            {
                if (words.AsSpan(i).StartsWith(entry.Words) && (!entry.Whole || words.Length == entry.Words.Length) && !entry.Words.All(_own.Contains))
                    return $"\"{string.Join(' ', entry.Words)}\" {Why[entry.Kind]}";
            }
        }

        foreach (Match name in FullName().Matches(term))
        {
            if (name.Groups.Values.Skip(1).All(part => !_own.Contains(part.Value.ToLowerInvariant()) && !WordList.Contains(part.Value.ToLowerInvariant())))
                return $"\"{name.Value}\" {Why["name"]} (a place or an event is written in small letters)";
        }

        return Title().Match(term) is { Success: true } titled ? $"\"{titled.Value}\" {Why["name"]}" : null;
    }

    private static IEnumerable<string> Split(string text) =>
        Word().Matches(Marks().Replace(text.ToLowerInvariant().Normalize(NormalizationForm.FormD), "")).Select(match => match.Value);

    private static List<(string Kind, string[] Words, bool Whole)> Load()
    {
        var refused = new List<(string, string[], bool)>();
        var kind = "";
        foreach (var line in Resources.Lines("refused.txt"))
        {
            if (line.StartsWith('['))
            {
                kind = line.Trim('[', ']');
                continue;
            }

            foreach (var entry in line.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
                refused.Add((kind, entry.TrimStart('=').Split(' '), entry.StartsWith('=')));
        }

        return refused;
    }

    [GeneratedRegex(@"[\p{L}\p{Nd}]+")]
    private static partial Regex Word();

    [GeneratedRegex(@"\p{Mn}+")]
    private static partial Regex Marks();

    [GeneratedRegex(@"@[\p{L}\p{Nd}_.]{2,}|\b[\p{L}\p{Nd}_.]+@[\p{L}\p{Nd}.]+\b|\bu/[\p{L}\p{Nd}_]{3,}")]
    private static partial Regex Handle();

    [GeneratedRegex(@"\b(\p{Lu}\p{Ll}+) (\p{Lu}\p{Ll}+)\b")]
    private static partial Regex FullName();

    [GeneratedRegex(@"\b(Mr|Mrs|Ms|Mx|Miss|Coach|Dr|Principal|Officer|Deputy|Señora?|Profe)\.? \p{Lu}\p{Ll}+")]
    private static partial Regex Title();
}
