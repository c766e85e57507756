namespace ThreatWatch.Classifier.Model.Networks;

/// <summary>The sizes of the small network; a model file of other sizes is one of another version.</summary>
internal static class NetworkShape
{
    /// <summary>Numbers that describe one token.</summary>
    public const int Width = 64;

    /// <summary>Patterns of three tokens, and of five.</summary>
    public const int Narrow = 160;
    public const int Wide = 96;
    public const int Patterns = Narrow + Wide;

    public const int Kinds = 56;

    /// <summary>What the hidden layer sees: the strongest match of each pattern, and which kinds of elements the window has.</summary>
    public const int Pooled = Patterns + Kinds;

    public const int Hidden = 64;
    public const int Outputs = 2;

    /// <summary>Rows of letter groups, for words outside the vocabulary.</summary>
    public const int LetterRows = 1 << 13;

    /// <summary>Tokens read at once; a longer post is read in windows that overlap by half.</summary>
    public const int Window = 64;

    /// <summary>Empty places before and after the tokens, so that each token can be in the middle of five.</summary>
    public const int Margin = 2;
}
