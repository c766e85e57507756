using System.Numerics;
using ThreatWatch.Classifier.Elements;
using ThreatWatch.Classifier.Text;

namespace ThreatWatch.Classifier.Model;

/// <summary>
/// Features over elements and their order: who does what to whom, when. Words are replaced by what they are, so that "ima spray the
/// cafeteria friday" and "gonna light up the gym monday" share features that no n-gram of words shares.
/// </summary>
internal sealed class AnatomyFeatures(FeatureReader sink)
{
    /// <summary>Kinds whose words are interchangeable in a pattern of words; acts stay words, since "shoot" and "shoot up" differ.</summary>
    private const ulong Classes = (1UL << (int)ElementKind.Self) | (1UL << (int)ElementKind.You) | (1UL << (int)ElementKind.Other) | (1UL << (int)ElementKind.School)
        | (1UL << (int)ElementKind.People) | (1UL << (int)ElementKind.Staff) | (1UL << (int)ElementKind.Time) | (1UL << (int)ElementKind.Gun)
        | (1UL << (int)ElementKind.Bomb) | (1UL << (int)ElementKind.Blade) | (1UL << (int)ElementKind.Intent);

    private const ulong ActKinds = (1UL << ((int)ElementKind.Die + 1)) - 1;
    private const int Window = 7;

    private readonly ulong[] _symbols = new ulong[PlainText.TokenLimit];
    private readonly int[] _kinds = new int[PlainText.TokenLimit];
    private readonly int[] _owners = new int[PlainText.TokenLimit];

    public void Read(PlainText text, Anatomy anatomy)
    {
        var tokens = text.Tokens;
        var masks = anatomy.Masks;
        ulong post = 0;
        for (int from = 0, to; from < tokens.Length; from = to)
        {
            for (to = from + 1; to < tokens.Length && tokens[to].Sentence == tokens[from].Sentence; to++)
            {
            }

            ulong all = 0;
            for (var i = from; i < to; i++)
                all |= masks[i];
            post |= all;
            Sentence(tokens, masks, from, to, all);
        }

        Whole(text, post);
    }

    private void Sentence(Span<Token> tokens, ReadOnlySpan<ulong> masks, int from, int to, ulong all)
    {
        var sentence = tokens[from].Sentence;
        var count = 0;
        for (var i = from; i < to; i++)
        {
            var mask = masks[i];
            _symbols[i] = (mask & Classes) != 0 ? (ulong)BitOperations.TrailingZeroCount(mask & Classes) + 100 : tokens[i].Hash;
            if (mask == 0)
                continue;
            var kind = BitOperations.TrailingZeroCount(mask);
            if (count > 0 && _kinds[count - 1] == kind && _owners[count - 1] == i - 1)
            {
                _owners[count - 1] = i;
                continue;
            }

            (_kinds[count], _owners[count++]) = (kind, i);
        }

        Patterns(sentence, from, to);
        Orders(sentence, count);
        for (var i = from; i < to; i++)
        {
            if ((masks[i] & ActKinds) != 0)
                FrameFeatures.Read(sink, tokens, masks, from, to, i, all);
        }
    }

    private void Patterns(int sentence, int from, int to)
    {
        for (var i = from; i < to; i++)
        {
            var hash = PlainHash.Pair(_symbols[i], 21);
            for (var next = i + 1; next < to && next <= i + 3; next++)
            {
                hash = PlainHash.Pair(hash, _symbols[next]);
                sink.Add(hash, FeatureGroup.Anatomy, sentence, i, next);
            }
        }
    }

    private void Orders(int sentence, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var hash = PlainHash.Pair((ulong)_kinds[i] + 1, 31);
            sink.Add(hash, FeatureGroup.Anatomy, sentence, _owners[i], _owners[i]);
            for (var next = i + 1; next < count && next <= i + Window; next++)
            {
                var near = _owners[next] - _owners[i] <= 3 ? 41UL : 42UL;
                sink.Add(PlainHash.Pair(PlainHash.Pair(hash, (ulong)_kinds[next] + 1), near), FeatureGroup.Anatomy, sentence, _owners[i], _owners[next]);
            }

            for (var next = i + 1; next < count && next <= i + 3; next++)
            {
                hash = PlainHash.Pair(hash, (ulong)_kinds[next] + 1);
                if (next > i + 1)
                    sink.Add(hash, FeatureGroup.Anatomy, sentence, _owners[i], _owners[next]);
            }
        }
    }

    private void Whole(PlainText text, ulong post)
    {
        var last = Math.Max(0, text.Count - 1);
        for (var left = post; left != 0; left &= left - 1)
        {
            var kind = (ulong)BitOperations.TrailingZeroCount(left) + 1;
            var hash = PlainHash.Pair(kind, 51);
            sink.Add(hash, FeatureGroup.Whole, 0, 0, last);
            if (kind > (ulong)ElementKind.Intent)
                continue;
            for (var right = left & (left - 1); right != 0; right &= right - 1)
                sink.Add(PlainHash.Pair(hash, (ulong)BitOperations.TrailingZeroCount(right) + 1), FeatureGroup.Whole, 0, 0, last);
        }

        int upper = 0, disguised = 0, hashtags = 0;
        foreach (ref readonly var token in text.Tokens)
        {
            upper += token.Has(TokenShape.Upper) ? 1 : 0;
            disguised += token.Has(TokenShape.Disguised) ? 1 : 0;
            hashtags += token.Has(TokenShape.Hashtag) ? 1 : 0;
        }

        Trait(61, upper * 2 > text.Count ? 2UL : 1UL, last);
        Trait(62, disguised > 0 || text.Hidden > 1 ? 2UL : 1UL, last);
        Trait(63, hashtags > 2 ? 2UL : 1UL, last);
        Trait(64, (ulong)BitOperations.Log2((uint)text.Count + 1), last);
        Trait(65, (ulong)Math.Min(text.Sentences, 5), last);
    }

    private void Trait(ulong which, ulong value, int last) => sink.Add(PlainHash.Pair(which, value + 7), FeatureGroup.Whole, 0, 0, last);
}
