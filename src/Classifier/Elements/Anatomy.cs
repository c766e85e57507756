using System.Numerics;
using ThreatWatch.Classifier.Text;

namespace ThreatWatch.Classifier.Elements;

/// <summary>Finds the elements of a post: for each token the set of kinds that it is part of. One object is reused; not thread-safe.</summary>
internal sealed class Anatomy
{
    /// <summary>What an overriding phrase takes from its words: acts and weapons.</summary>
    private const ulong Violent = (1UL << (int)ElementKind.Act) | (1UL << (int)ElementKind.Shoot) | (1UL << (int)ElementKind.BombAct) | (1UL << (int)ElementKind.Burn)
        | (1UL << (int)ElementKind.Hurt) | (1UL << (int)ElementKind.Die) | (1UL << (int)ElementKind.Gun) | (1UL << (int)ElementKind.Bomb)
        | (1UL << (int)ElementKind.Blade) | (1UL << (int)ElementKind.Weapon) | (1UL << (int)ElementKind.HitList);

    private readonly ulong[] _masks = new ulong[PlainText.TokenLimit];
    private readonly List<(ElementKind Kind, int First, int Last)> _found = [];

    public string Language { get; private set; } = "en";

    /// <summary>The kinds of each token as bits, by token.</summary>
    public ReadOnlySpan<ulong> Masks => _masks;

    public void Read(PlainText text)
    {
        _found.Clear();
        Language = Languages.Of(text, out var spanish);
        Array.Clear(_masks, 0, text.Count);
        Mark(text, Lexicon.English);
        if (spanish)
            Mark(text, Lexicon.Spanish);
    }

    /// <summary>The elements with their places in the original, in the order of the text.</summary>
    public List<Element> Elements(PlainText text)
    {
        var elements = new List<Element>(_found.Count);
        foreach (var (kind, first, last) in _found)
        {
            if ((_masks[first] & (1UL << (int)kind)) == 0)
                continue;
            ref readonly var from = ref text.Tokens[first];
            ref readonly var to = ref text.Tokens[last];
            elements.Add(new Element(kind, from.Start, Math.Max(to.Start + to.Length - from.Start, from.Length)));
        }

        elements.Sort(static (a, b) => a.Start != b.Start ? a.Start.CompareTo(b.Start) : a.Kind.CompareTo(b.Kind));
        return elements;
    }

    private void Mark(PlainText text, Lexicon lexicon)
    {
        var tokens = text.Tokens;
        var overriddenUntil = 0;
        for (var i = 0; i < tokens.Length; i++)
        {
            var (kinds, longestPhrase) = lexicon.Word(tokens[i].Hash);
            var mask = ByKind(tokens[i].Kind) | kinds;
            if (i < overriddenUntil)
                mask &= ~Violent;
            Add(i, i, mask);
            var longest = Math.Min(longestPhrase, tokens.Length - i);
            var key = tokens[i].Hash;
            for (var length = 2; length <= longest; length++)
            {
                key = PlainHash.Pair(key, tokens[i + length - 1].Hash);
                var phrase = lexicon.Phrase(key);
                if (phrase == 0)
                    continue;
                if ((phrase & Lexicon.Overrides) != 0)
                {
                    overriddenUntil = Math.Max(overriddenUntil, i + length);
                    for (var k = i; k < i + length; k++)
                        _masks[k] &= ~Violent;
                }

                Add(i, i + length - 1, phrase);
            }
        }
    }

    private void Add(int first, int last, ulong mask)
    {
        var kinds = mask & ~Lexicon.Overrides;
        for (var i = first; i <= last; i++)
            _masks[i] |= kinds;
        for (; kinds != 0; kinds &= kinds - 1)
            _found.Add(((ElementKind)BitOperations.TrailingZeroCount(kinds), first, last));
    }

    private static ulong ByKind(TokenKind kind) => kind switch
    {
        TokenKind.Date or TokenKind.Clock => 1UL << (int)ElementKind.Time,
        TokenKind.School => 1UL << (int)ElementKind.School,
        TokenKind.Person => 1UL << (int)ElementKind.Staff,
        _ => 0,
    };
}
