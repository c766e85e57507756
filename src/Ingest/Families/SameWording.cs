using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ThreatWatch.Ingest.Families;

/// <summary>
/// Decides whether two texts are one post told again. It errs on the side of two: a second threat that is hidden in the first one's
/// alert costs more than a second alert.
/// </summary>
internal static class SameWording
{
    // Fewer words are one family only when they are equal: "kill yourself" says too little about where it comes from.
    private const int FewWords = 5;

    // One content word in so many shared ones may have been exchanged.
    private const int SharedForOneExchange = 12;

    public static bool Decide(Wording a, Wording b)
    {
        if (a.Exact == b.Exact)
            return true;
        var (few, many) = a.Count <= b.Count ? (a, b) : (b, a);
        // Most candidates share only what everybody says; numbers tell that before any word is looked at.
        if (few.Count < FewWords || !SharesHalf(few.Sorted, many.Sorted))
            return false;
        var (shorter, longer) = (few.Words(), many.Words());
        var (onlyShorter, onlyLonger, shared) = Difference(shorter, longer);
        var contentShorter = onlyShorter.Where(IsContent).ToList();
        var contentLonger = onlyLonger.Where(IsContent).ToList();

        // With what and how many is the threat itself: "with a gun" is not an edit of "with a knife", nor of neither.
        if (onlyShorter.Concat(onlyLonger).Any(word => Means.Contains(word)))
            return false;
        if (contentShorter.Exists(IsExact) && contentLonger.Exists(IsExact))
            return false;

        var exchanged = Math.Min(contentShorter.Count, contentLonger.Count);
        if (exchanged * SharedForOneExchange > shared)
            return false;
        return shared >= FewWords - 1 && shared >= shorter.Length * 0.8 && Follows(shorter, longer);
    }

    // Without branches, since which list goes on is a matter of chance.
    private static bool SharesHalf(ReadOnlySpan<ulong> few, ReadOnlySpan<ulong> many)
    {
        var (i, j, shared, needed) = (0, 0, 0, (few.Length + 1) / 2);
        while (i < few.Length && j < many.Length)
        {
            var (x, y) = (few[i], many[j]);
            shared += x == y ? 1 : 0;
            i += x <= y ? 1 : 0;
            j += y <= x ? 1 : 0;
        }

        return shared >= needed;
    }

    /// <summary>The words that only one of them has, misspellings of each other left out, and how many both have.</summary>
    private static (List<string> OnlyA, List<string> OnlyB, int Shared) Difference(string[] a, string[] b)
    {
        var counts = new Dictionary<string, int>(b.Length);
        foreach (var word in b)
            CollectionsMarshal.GetValueRefOrAddDefault(counts, word, out _)++;
        var onlyA = new List<string>();
        var shared = 0;
        foreach (var word in a)
        {
            ref var left = ref CollectionsMarshal.GetValueRefOrNullRef(counts, word);
            if (Unsafe.IsNullRef(ref left) || left == 0)
                onlyA.Add(word);
            else
                (left, shared) = (left - 1, shared + 1);
        }

        var onlyB = new List<string>();
        foreach (var (word, left) in counts)
        {
            for (var i = 0; i < left; i++)
                onlyB.Add(word);
        }

        for (var i = onlyA.Count - 1; i >= 0; i--)
        {
            var twin = onlyB.FindIndex(word => IsMisspelling(onlyA[i], word));
            if (twin < 0)
                continue;
            onlyA.RemoveAt(i);
            onlyB.RemoveAt(twin);
            shared++;
        }

        return (onlyA, onlyB, shared);
    }

    // Shared words must also follow one another as in the other text: any long article has all the words of a short sentence somewhere.
    private static bool Follows(string[] shorter, string[] longer)
    {
        var pairs = new HashSet<(string, string)>();
        for (var i = 1; i < longer.Length; i++)
            pairs.Add((longer[i - 1], longer[i]));
        var kept = 0;
        for (var i = 1; i < shorter.Length; i++)
        {
            if (pairs.Contains((shorter[i - 1], shorter[i])))
                kept++;
        }

        return kept >= (shorter.Length - 1) * 0.5;
    }

    private static bool IsMisspelling(string a, string b)
    {
        if (Math.Min(a.Length, b.Length) < 4 || Math.Abs(a.Length - b.Length) > 2 || IsExact(a) || IsExact(b) || Means.Contains(a) || Means.Contains(b))
            return false;
        var allowed = Math.Min(a.Length, b.Length) < 7 ? 1 : 2;
        return Distance(a, b) <= allowed && a[0] == b[0];
    }

    // Levenshtein with the exchange of neighbours, since fingers do that most.
    private static int Distance(string a, string b)
    {
        var before = new int[b.Length + 1];
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var next = new int[b.Length + 1];
            next[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                next[j] = Math.Min(Math.Min(row[j], next[j - 1]) + 1, row[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    next[j] = Math.Min(next[j], before[j - 2] + 1);
            }

            (before, row) = (row, next);
        }

        return row[b.Length];
    }

    private static bool IsContent(string word) => !Filler.Contains(word);

    // Days, times and numbers: two texts that each have their own are two threats.
    private static bool IsExact(string word) => char.IsDigit(word[0]) || Times.Contains(word);

    private static HashSet<string> List(string words) => [.. words.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)];

    private static readonly HashSet<string> Times = List("""
        monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thurs fri sat sun today tonight tomorrow tmrw tmr
        yesterday morning afternoon evening noon midnight lunes martes miercoles jueves viernes sabado domingo hoy manana noche
        january february march april may june july august september october november december
        one two three four five six seven eight nine ten first second third fourth fifth sixth seventh eighth
        """);

    private static readonly HashSet<string> Means = List("""
        gun guns pistol rifle ar ak glock shotgun ammo bullets knife knives blade machete bomb bombs explosive explosives pipebomb grenade
        poison gasoline molotov noose rope pills pistola rifle cuchillo bomba arma armas machete veneno
        """);

    private static readonly HashSet<string> Filler = List("""
        a an the and or but so to of in on at for with from by as is are am was were be been do does did have has had will would can could
        should i im ive ill me my you your youre u ur we our they them their he him his she her it its this that these those there here
        just really very like lol lmao fr ngl omg bro bruh yall guys pls please ok okay oh yeah ya gonna going go goin gon finna imma bout
        about not no dont if then what who when how why all up out some any
        el la los las un una y o pero de en con por para es son soy yo tu el ella lo que se me te mi su
        """);
}
