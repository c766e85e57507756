using System.Text.RegularExpressions;
using ThreatWatch.Ingest.Scoping;

namespace ThreatWatch.Ingest.Families;

/// <summary>A text reduced to what is compared between posts: folded words without the prefixes that a repost puts in front.</summary>
/// <param name="Words">In order.</param>
/// <param name="Hashes">One for each word, in order.</param>
/// <param name="Sorted">The same, sorted.</param>
/// <param name="Exact">64-bit hash of all words: the same wording, the same number.</param>
internal sealed partial record Wording(IReadOnlyList<string> Words, ulong[] Hashes, ulong[] Sorted, ulong Exact)
{
    public static Wording Nothing { get; } = new([], [], [], 0);

    // Enough to tell two posts apart; what follows in a long article does not make it another one.
    private const int MaxWords = 400;

    public static Wording Of(string text)
    {
        if (text.Contains("http", StringComparison.OrdinalIgnoreCase) || text.Contains("www.", StringComparison.OrdinalIgnoreCase))
            text = Addresses().Replace(text, " ");
        if (text.Contains('@', StringComparison.Ordinal))
            text = Handles().Replace(text, " ");
        var words = Fold.Words(text.Replace("'", "", StringComparison.Ordinal).Replace("’", "", StringComparison.Ordinal))
            .Split(Fold.Separator, MaxWords + 1, StringSplitOptions.RemoveEmptyEntries)
            .Take(MaxWords)
            .Select(Squeeze)
            .ToList();
        words.RemoveRange(0, PrefixLength(words));
        var hashes = new ulong[words.Count];
        var exact = 14_695_981_039_346_656_037UL;
        for (var i = 0; i < hashes.Length; i++)
        {
            hashes[i] = Hashing.Of(words[i]);
            exact = Hashing.Mix(exact ^ hashes[i]);
        }

        var sorted = (ulong[])hashes.Clone();
        Array.Sort(sorted);
        return new Wording(words, hashes, sorted, exact);
    }

    // "sooooo" and "soo" are "so"; a doubled letter inside stays: "school".
    private static string Squeeze(string word)
    {
        if (word.Length < 3)
            return word;
        var last = word.Length - 1;
        while (last > 0 && word[last] == word[last - 1] && char.IsLetter(word[last]))
            last--;
        var squeezed = last < word.Length - 2 ? word[..(last + 1)] : word;
        for (var i = 2; i < squeezed.Length; i++)
        {
            if (squeezed[i] == squeezed[i - 1] && squeezed[i] == squeezed[i - 2])
                return Stretched().Replace(squeezed, "$1$1");
        }

        return squeezed;
    }

    // "Fwd:", "RT", "forwarded from", "reposting", "via": never more than a few, and never the whole text.
    private static int PrefixLength(List<string> words)
    {
        var start = 0;
        while (start < words.Count - 1 && start < 8 && Carriers.Contains(words[start]))
            start++;
        return start;
    }

    private static readonly HashSet<string> Carriers =
    [
        "rt", "fw", "fwd", "forwarded", "forward", "forwarding", "repost", "reposted", "reposting", "repost", "via", "from", "message", "screenshot",
        "screenshotted", "ss", "caption", "copied", "pasted", "copypasta", "reenviado", "reenvio", "mensaje", "de", "breaking",
    ];

    [GeneratedRegex(@"https?://\S+|www\.\S+", RegexOptions.IgnoreCase)]
    private static partial Regex Addresses();

    [GeneratedRegex(@"(?<![\w])@[\w.\-]+(@[\w.\-]+)?")]
    private static partial Regex Handles();

    [GeneratedRegex(@"(\p{L})\1{2,}")]
    private static partial Regex Stretched();
}
