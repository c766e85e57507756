using ThreatWatch.Classifier.Text;

namespace ThreatWatch.Classifier.Elements;

/// <summary>Tells English, Spanish and anything else apart by script and by the small words that every sentence needs.</summary>
internal static class Languages
{
    private static readonly HashIndex Small = Load();

    /// <summary>"en", "es" or "other"; a post too short to tell is "en". <paramref name="spanish"/> is also set for Spanish mixed into English.</summary>
    public static string Of(PlainText text, out bool spanish)
    {
        int english = 0, spanishWords = 0, known = 0, words = 0, letters = 0, readable = 0;
        foreach (ref readonly var token in text.Tokens)
        {
            if (token.Kind != TokenKind.Word)
                continue;
            words++;
            letters += token.Size;
            known += token.Has(TokenShape.Known) ? 1 : 0;
            readable += token.Has(TokenShape.Known) && token.Size > 2 ? token.Size : 0;
            var small = Small[token.Hash];
            english += (small & 1) != 0 ? 1 : 0;
            spanishWords += (small & 2) != 0 ? 1 : 0;
        }

        spanish = spanishWords >= 2 || (spanishWords == 1 && words <= 3);
        if (text.ForeignLetters > 2 && text.ForeignLetters * 2 > letters)
            return "other";
        // Folding makes Russian look like broken English; English in Russian letters folds to words, and stays English.
        if (text.OtherScript > 2 && text.OtherScript * 2 > letters && readable * 2 < letters)
            return "other";
        if (spanishWords > english && spanishWords * 8 >= words)
            return "es";
        return words >= 6 && english * 12 < words && known * 3 < words ? "other" : "en";
    }

    private static HashIndex Load()
    {
        var small = new Dictionary<ulong, ulong>();
        Add(small, 1, "the to and of is in it you that for on my with this be are was not have at im so just do but like all your what me we they if its dont or from get about one out up will can no when he she who how as an by there their been has had going gonna i am a");
        Add(small, 2, "que de la el en y los las se por con para una un es lo como pero mas su al del te ya si esta muy hay todo todos voy vas va a mi tu le les nos eso esa este cuando porque nada quiero yo estoy tengo no me van vamos son fue ser ni sin sobre hoy manana bien ahora asi jaja");
        return new HashIndex(small);
    }

    private static void Add(Dictionary<ulong, ulong> small, ulong bit, string words)
    {
        foreach (var word in words.Split(' '))
        {
            var hash = PlainHash.Of(word);
            small[hash] = small.GetValueOrDefault(hash) | bit;
        }

        foreach (var both in new[] { "a", "me", "no", "y", "es", "te", "un" })
            small.Remove(PlainHash.Of(both));
    }
}
