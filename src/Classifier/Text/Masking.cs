namespace ThreatWatch.Classifier.Text;

/// <summary>Masks names of schools and of people to a class, so that no model learns a name by heart and every school is any school.</summary>
internal static class Masking
{
    private static readonly HashSet<ulong> SchoolWords =
        Hashes("school schools high middle elementary academy primary prep secondary univ university college hs ms isd junior charter preparatory escuela colegio instituto secundaria");

    private static readonly HashSet<ulong> Titles = Hashes("mr mrs ms mx dr miss coach principal officer deputy sgt sergeant professor prof senor senora profe maestra maestro vp");
    private static readonly HashSet<ulong> NotNames = Hashes("i im ill ima ive id the this that my our your a in at to from of for and but go new old all no not every any some after before be last first next left left your his her their each which what whole public private catholic during into near leaving left hate love shoot bomb burn attack kill middle elementary junior high senior grad law med medical night summer boarding state home real back art online another local different shooting killing bombing blow blowing burning spray stab stabbing gonna going bring bringing everyone everybody anyone we you he she they will is are was were today tomorrow tonight monday tuesday wednesday thursday friday");

    private static readonly ulong School = Classes.HashOf(TokenKind.School);
    private static readonly ulong Person = Classes.HashOf(TokenKind.Person);
    private static readonly ulong Name = Classes.HashOf(TokenKind.Name);

    public static void Run(PlainText text)
    {
        var shouting = IsShouting(text);
        var tokens = text.Tokens;
        var write = 0;
        for (var i = 0; i < tokens.Length; i++)
        {
            var end = SchoolEnd(text, tokens, i, shouting);
            var kind = TokenKind.School;
            if (end == i && i + 1 < tokens.Length && IsNameLike(tokens[i + 1], shouting, afterTitle: true) && Titles.Contains(tokens[i].Hash))
                (end, kind) = (i + 2, TokenKind.Person);
            if (end > i)
            {
                var joined = tokens[i];
                joined.Length = tokens[end - 1].Start + tokens[end - 1].Length - joined.Start;
                joined.Kind = kind;
                joined.Hash = kind == TokenKind.School ? School : Person;
                tokens[write++] = joined;
                i = end - 1;
                continue;
            }

            tokens[write] = tokens[i];
            if (IsNameLike(tokens[i], shouting, afterTitle: false))
                (tokens[write].Kind, tokens[write].Hash) = (TokenKind.Name, Name);
            write++;
        }

        text.Count = write;
    }

    /// <summary>"Mr", "Coach": the full stop after it ends no sentence.</summary>
    public static bool IsTitle(ulong hash) => Titles.Contains(hash);

    /// <summary>"Westbrook High School", "north tarnwick middle school", "WHS": the end of a school's name that begins here, or <paramref name="at"/>.</summary>
    private static int SchoolEnd(PlainText text, Span<Token> tokens, int at, bool shouting)
    {
        ref readonly var token = ref tokens[at];
        if (token.Kind != TokenKind.Word)
            return at;
        if (token.Has(TokenShape.Upper) && !shouting && token.Size is >= 3 and <= 5 && !token.Has(TokenShape.Known) && text.Word(token)[^1] == 's'
            && text.Word(token)[^2] is 'h' or 'm' or 'e')
            return at + 1;
        // Most words end here, before anything is looked up.
        if ((token.Has(TokenShape.Known) && !MayBeName(token)) || NotNames.Contains(token.Hash) || SchoolWords.Contains(token.Hash))
            return at;
        var end = at + 1;
        while (end < tokens.Length && end - at < 4 && tokens[end].Kind == TokenKind.Word && MayBeName(tokens[end]) && !SchoolWords.Contains(tokens[end].Hash) && !NotNames.Contains(tokens[end].Hash))
            end++;
        var kinds = end;
        while (kinds < tokens.Length && kinds - end < 3 && tokens[kinds].Kind == TokenKind.Word && SchoolWords.Contains(tokens[kinds].Hash))
            kinds++;
        return kinds == end ? at : kinds;
    }

    /// <summary>Capitals that are all over a word are loudness: "SHOOTING UP QUILLBY HIGH" names Quillby High alone.</summary>
    private static bool MayBeName(in Token token) => token.Has(TokenShape.Capital) && !(token.Has(TokenShape.Known) && token.Has(TokenShape.Upper));

    private static bool IsNameLike(in Token token, bool shouting, bool afterTitle) =>
        token.Kind == TokenKind.Word && !token.Has(TokenShape.Known | TokenShape.Hashtag | TokenShape.Disguised) && token.Size > 1
        && (afterTitle || (token.Has(TokenShape.Capital) && !token.Has(TokenShape.Upper) && !shouting));

    private static bool IsShouting(PlainText text)
    {
        int upper = 0, words = 0;
        foreach (ref readonly var token in text.Tokens)
        {
            if (token.Kind == TokenKind.Word && token.Size > 1)
                (words, upper) = (words + 1, upper + (token.Has(TokenShape.Upper) ? 1 : 0));
        }

        return words > 2 && upper * 2 > words;
    }

    private static HashSet<ulong> Hashes(string words) => [.. words.Split(' ').Select(word => PlainHash.Of(word))];
}
