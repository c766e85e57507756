using System.Text.RegularExpressions;
using ThreatWatch.Ingest.Scoping;

namespace ThreatWatch.Ingest.Families;

/// <summary>A text reduced to what is compared between posts: folded words without the prefixes that a repost puts in front.</summary>
/// <param name="Text">The words in order, a space between two.</param>
/// <param name="Sorted">A hash for each word, sorted: most comparisons end with these.</param>
/// <param name="Exact">64-bit hash of all words: the same wording, the same number.</param>
internal sealed partial record Wording(string Text, ulong[] Sorted, ulong Exact)
{
    // Enough to tell two posts apart; what follows in a long article does not make it another one.
    private const int MaxWords = 400;

    private const int MaxPrefix = 8;

    public static Wording Nothing { get; } = new("", [], 0);

    /// <summary>How many words.</summary>
    public int Count => Sorted.Length;

    /// <summary>The words in order; made anew with each call, since few texts come to a comparison by words.</summary>
    public string[] Words() => Text.Split(Fold.Separator, StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The wording and a hash for each of its words, in order.</summary>
    public static (Wording Wording, ulong[] Hashes) Of(string text)
    {
        if (text.Contains("http", StringComparison.OrdinalIgnoreCase) || text.Contains("www.", StringComparison.OrdinalIgnoreCase))
            text = Addresses().Replace(text, " ");
        if (text.Contains('@', StringComparison.Ordinal))
            text = Handles().Replace(text, " ");
        text = WithoutPrefix(Squeezed(Fold.Words(text.Replace("'", "", StringComparison.Ordinal).Replace("’", "", StringComparison.Ordinal))));
        var hashes = new ulong[Math.Min(MaxWords, text.Length == 0 ? 0 : text.AsSpan().Count(Fold.Separator) + 1)];
        var exact = 14_695_981_039_346_656_037UL;
        var (count, end) = (0, 0);
        foreach (var word in text.AsSpan().Split(Fold.Separator))
        {
            if (count == hashes.Length)
                break;
            hashes[count] = Hashing.Of(text.AsSpan()[word]);
            exact = Hashing.Mix(exact ^ hashes[count++]);
            end = word.End.Value;
        }

        var sorted = (ulong[])hashes.Clone();
        Array.Sort(sorted);
        return (new Wording(text[..end], sorted, exact), hashes);
    }

    // "sooooo" and "soo" are "so"; a doubled letter inside stays: "school". Most texts have nothing to squeeze.
    private static string Squeezed(string text) =>
        HasThreeInARow(text) ? string.Join(Fold.Separator, text.Split(Fold.Separator).Select(Squeeze)) : text;

    private static bool HasThreeInARow(string text)
    {
        for (var i = 2; i < text.Length; i++)
        {
            if (text[i] == text[i - 1] && text[i] == text[i - 2])
                return true;
        }

        return false;
    }

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
    private static string WithoutPrefix(string text)
    {
        var carriers = Carriers.GetAlternateLookup<ReadOnlySpan<char>>();
        var start = 0;
        for (var words = 0; words < MaxPrefix; words++)
        {
            var end = text.IndexOf(Fold.Separator, start);
            if (end < 0 || !carriers.Contains(text.AsSpan(start, end - start)))
                break;
            start = end + 1;
        }

        return text[start..];
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
