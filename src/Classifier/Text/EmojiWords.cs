using System.Globalization;
using System.Text;

namespace ThreatWatch.Classifier.Text;

/// <summary>The word that an emoji stands for ("gun", "knife"), so that it counts like the word; others count as themselves.</summary>
internal static class EmojiWords
{
    private static readonly Dictionary<int, ulong> Hashes = Load();
    private static readonly Dictionary<ulong, ulong> PlainWords = Resources.Lines("emoji.txt").Select(line => line.Split(' ')[0]).ToDictionary(word => PlainHash.Of("emoji:" + word), word => PlainHash.Of(word));

    public static ulong HashOf(Rune rune) =>
        Hashes.TryGetValue(rune.Value, out var hash) ? hash : PlainHash.Pair(PlainHash.Seed, (ulong)rune.Value);

    /// <summary>The hash of the plain word that stands for an emoji with this hash, or 0 for one that has none.</summary>
    public static ulong PlainWordOf(ulong hash) => PlainWords.GetValueOrDefault(hash);

    private static Dictionary<int, ulong> Load()
    {
        var hashes = new Dictionary<int, ulong>();
        foreach (var line in Resources.Lines("emoji.txt"))
        {
            var parts = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            foreach (var rune in parts.Skip(1).SelectMany(part => part.EnumerateRunes()))
            {
                if (Rune.GetUnicodeCategory(rune) != UnicodeCategory.NonSpacingMark)
                    hashes[rune.Value] = PlainHash.Of("emoji:" + parts[0]);
            }
        }

        return hashes;
    }
}
