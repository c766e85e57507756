using System.Numerics;
using ThreatWatch.Classifier.Elements;
using ThreatWatch.Classifier.Text;

namespace ThreatWatch.Classifier.Model;

/// <summary>The frame around one act: its agent, intent, negation, object and time, whole and in parts.</summary>
internal static class FrameFeatures
{
    private const ulong Agents = (1UL << (int)ElementKind.Self) | (1UL << (int)ElementKind.You) | (1UL << (int)ElementKind.Other) | (1UL << (int)ElementKind.People) | (1UL << (int)ElementKind.Staff);
    private const ulong Objects = Agents | (1UL << (int)ElementKind.School) | (1UL << (int)ElementKind.Gun) | (1UL << (int)ElementKind.Bomb) | (1UL << (int)ElementKind.Place)
        | (1UL << (int)ElementKind.Sport) | (1UL << (int)ElementKind.Game) | (1UL << (int)ElementKind.Exam) | (1UL << (int)ElementKind.Photo) | (1UL << (int)ElementKind.Hunting)
        | (1UL << (int)ElementKind.Food) | (1UL << (int)ElementKind.Time);

    private const ulong Contexts = (1UL << (int)ElementKind.Report) | (1UL << (int)ElementKind.Past) | (1UL << (int)ElementKind.Question) | (1UL << (int)ElementKind.Condition)
        | (1UL << (int)ElementKind.Joke) | (1UL << (int)ElementKind.Sport) | (1UL << (int)ElementKind.Game) | (1UL << (int)ElementKind.Quotation);

    private const int Reach = 6;

    public static void Read(FeatureReader sink, Span<Token> tokens, ReadOnlySpan<ulong> masks, int from, int to, int act, ulong all)
    {
        ulong agent = 0, intent = 0, negation = 0;
        for (var i = act - 1; i >= from && i >= act - Reach; i--)
        {
            if (agent == 0 && (masks[i] & Agents) != 0)
                agent = Kind(masks[i] & Agents);
            if ((masks[i] & (1UL << (int)ElementKind.Intent)) != 0)
                intent |= 1;
            if ((masks[i] & (1UL << (int)ElementKind.Wish)) != 0)
                intent |= 2;
            if ((masks[i] & (1UL << (int)ElementKind.Negation)) != 0)
                negation = 1;
        }

        if ((masks[act] & (1UL << (int)ElementKind.Intent)) != 0)
            intent |= 1;
        ulong target = 0, word = 1;
        var end = act;
        for (var i = act + 1; i < to && i <= act + Reach && target == 0; i++)
        {
            if (word == 1 && tokens[i].Size > 3)
                word = tokens[i].Hash;
            if ((masks[i] & Objects) != 0)
                (target, end) = (Kind(masks[i] & Objects), i);
        }

        var time = (all >> (int)ElementKind.Time) & 1;
        var kind = Kind(masks[act]);
        var sentence = tokens[act].Sentence;
        var first = Math.Max(from, act - Reach);
        var who = PlainHash.Pair(PlainHash.Pair(kind + 71, agent), (intent << 1) | negation);
        var verb = PlainHash.Pair(PlainHash.Pair(tokens[act].Hash, agent), (intent << 1) | negation);
        Add(sink, who, 0, sentence, first, act);
        Add(sink, who, target + 100, sentence, first, end);
        Add(sink, who, (target << 1) + time + 200, sentence, first, end);
        Add(sink, verb, 0, sentence, first, act);
        Add(sink, verb, target + 100, sentence, first, end);
        Add(sink, verb, PlainHash.Pair(word, 5), sentence, first, Math.Min(to - 1, act + Reach));
        Add(sink, tokens[act].Hash, target + 300, sentence, act, end);
        Add(sink, tokens[act].Hash, PlainHash.Pair(word, 6), sentence, act, Math.Min(to - 1, act + Reach));
        for (var left = all & Contexts; left != 0; left &= left - 1)
        {
            var context = Kind(left) + 400;
            Add(sink, who, context, sentence, first, act);
            Add(sink, tokens[act].Hash, context, sentence, act, act);
        }
    }

    private static void Add(FeatureReader sink, ulong hash, ulong part, int sentence, int first, int last) =>
        sink.Add(PlainHash.Pair(hash, part + 81), FeatureGroup.Anatomy, sentence, first, last);

    private static ulong Kind(ulong mask) => (ulong)BitOperations.TrailingZeroCount(mask) + 1;
}
