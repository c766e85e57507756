using ThreatWatch.Classifier.Text;

namespace ThreatWatch.Classifier.Elements;

/// <summary>The words and phrases of each element in one language, read from a text file that a reviewer can judge without reading code.</summary>
internal sealed class Lexicon
{
    /// <summary>Set on a phrase that takes its words away from acts and weapons ("killing me", "bath bomb").</summary>
    public const ulong Overrides = 1UL << 63;

    public static readonly Lexicon English = new("english.txt");
    public static readonly Lexicon Spanish = new("spanish.txt");

    /// <summary>Where in what is known of a word the length of the longest phrase stands that begins with it.</summary>
    private const int LengthAt = 57;

    private const int LongestPhrase = 63;
    private const ulong Kinds = (1UL << LengthAt) - 1;

    private readonly HashIndex _words;
    private readonly HashIndex _phrases;

    private Lexicon(string name)
    {
        var words = new Dictionary<ulong, ulong>();
        var phrases = new Dictionary<ulong, ulong>();
        var longest = new Dictionary<ulong, ulong>();
        foreach (var (kind, phrase, overrides) in Entries(name))
        {
            var parts = phrase.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            var mask = (1UL << (int)kind) | (overrides ? Overrides : 0);
            var first = PlainHash.Of(parts[0]);
            if (parts.Length == 1)
            {
                words[first] = words.GetValueOrDefault(first) | mask;
                continue;
            }

            var key = parts.Skip(1).Aggregate(first, (hash, part) => PlainHash.Pair(hash, PlainHash.Of(part)));
            phrases[key] = phrases.GetValueOrDefault(key) | mask;
            longest[first] = Math.Max(longest.GetValueOrDefault(first), (ulong)parts.Length);
        }

        foreach (var (first, length) in longest)
            words[first] = words.GetValueOrDefault(first) | (length << LengthAt);
        (_words, _phrases) = (new HashIndex(words), new HashIndex(phrases));
    }

    /// <summary>The kinds of a word as bits, <see cref="Overrides"/> among them, and the number of words of the longest phrase that begins with it, or 0.</summary>
    public (ulong Kinds, int Longest) Word(ulong hash)
    {
        var known = _words[hash];
        return (known & (Kinds | Overrides), (int)(known >> LengthAt) & LongestPhrase);
    }

    public ulong Phrase(ulong key) => _phrases[key];

    /// <summary>Every word of both languages: the readings of disguised words.</summary>
    public static IEnumerable<string> Words() =>
        Entries("english.txt").Concat(Entries("spanish.txt")).SelectMany(entry => entry.Phrase.Split(' ')).Where(word => word.All(char.IsLetter));

    /// <summary>A phrase as pupils write it: "watch ur back" for "watch your back".</summary>
    private static string Brief(string phrase) => string.Join(' ', phrase.Split(' ').Select(word => word switch
    {
        "you" => "u",
        "your" or "youre" => "ur",
        "youll" => "ull",
        "tomorrow" => "tmr",
        _ => word,
    }));

    private static IEnumerable<(ElementKind Kind, string Phrase, bool Overrides)> Entries(string name)
    {
        var kind = ElementKind.Self;
        foreach (var line in Resources.Lines(name))
        {
            if (line.StartsWith('[') && line.EndsWith(']'))
            {
                kind = Enum.Parse<ElementKind>(line[1..^1]);
                continue;
            }

            foreach (var entry in line.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            {
                var (phrase, overrides) = (entry.TrimStart('='), entry.StartsWith('='));
                yield return (kind, phrase, overrides);
                var brief = Brief(phrase);
                if (brief != phrase)
                    yield return (kind, brief, overrides);
            }
        }
    }
}
