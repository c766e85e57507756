namespace ThreatWatch.Classifier.Text;

/// <summary>What a token is; everything but Word and Mark is masked, so that a model cannot learn a name, a link or a number by heart.</summary>
public enum TokenKind : byte
{
    Word,
    Number,
    Ordinal,
    Date,
    Clock,
    Phone,
    Link,
    Mail,
    Handle,
    School,
    Person,
    Name,
    Emoji,
    Mark,
}

/// <summary>How a token was written; the model sees it, since disguise and shouting mean something.</summary>
[Flags]
public enum TokenShape : byte
{
    None = 0,
    Capital = 1,
    Upper = 2,
    Hashtag = 4,
    Disguised = 8,
    Known = 16,
    Glued = 32,
}

/// <summary>One word, mark or masked thing of a post, with where it stands in the original and in the plain text.</summary>
internal struct Token
{
    /// <summary>First character in the original text.</summary>
    public int Start;

    /// <summary>Number of characters in the original text.</summary>
    public int Length;

    /// <summary>First character in the plain text.</summary>
    public int At;

    /// <summary>Number of characters in the plain text.</summary>
    public int Size;

    public ulong Hash;
    public int Sentence;
    public TokenKind Kind;
    public TokenShape Shape;

    public readonly bool Has(TokenShape shape) => (Shape & shape) != 0;
}
